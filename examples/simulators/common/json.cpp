#include "examples/simulators/common/json.hpp"

#include <boost/json/parse.hpp>

namespace katydid::simulators {

namespace json = boost::json;

result<json::object> parse_object(std::string_view text)
{
    boost::system::error_code error;
    auto value = json::parse(text, error);
    if (error || !value.is_object())
        return Error{errc::invalid_argument, "the body is one JSON object"};
    return std::move(value.get_object());
}

std::string_view text_at(const json::object& object, std::string_view key)
{
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string_view{value->get_string()}
                                                  : std::string_view{};
}

const json::object& object_at(const json::object& object, std::string_view key)
{
    static const json::object nothing;
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_object() ? value->get_object() : nothing;
}

}  // namespace katydid::simulators
