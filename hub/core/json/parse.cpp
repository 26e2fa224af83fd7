#include "hub/core/json/parse.hpp"

#include "hub/core/json/rewrite.hpp"
#include "hub/core/json/scan.hpp"

#include <boost/json/parse.hpp>

namespace katydid::json_text {

boost::json::value parse(std::string_view text, boost::system::error_code& error,
                         boost::json::storage_ptr memory)
{
    boost::json::parse_options options;
    options.max_depth = depth_max;
    auto value = boost::json::parse(text, error, memory, options);
    if (!error || error == boost::json::error::too_deep || !is_json(text)) return value;
    return boost::json::parse(repaired(text), error, std::move(memory), options);
}

boost::json::value parse_or_null(std::string_view text)
{
    boost::system::error_code error;
    auto value = boost::json::parse(boost::json::string_view{text.data(), text.size()}, error);
    return error ? boost::json::value{} : value;
}

std::string text_at(const boost::json::object& object, std::string_view name)
{
    const auto* value = object.if_contains(boost::json::string_view{name.data(), name.size()});
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string{text->data(), text->size()} : std::string{};
}

}  // namespace katydid::json_text
