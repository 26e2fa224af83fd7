#include "hub/store/spec_json.hpp"

#include "hub/core/json/fields.hpp"
#include "hub/core/subscription_json.hpp"
#include "hub/store/shared/encoding.hpp"

#include <boost/json.hpp>

namespace katydid::store {
namespace {

namespace json = boost::json;

json::array to_array(const std::vector<std::string>& words)
{
    json::array out;
    for (const auto& word : words) out.emplace_back(word);
    return out;
}

std::vector<std::string> read_array(const json::value& value)
{
    std::vector<std::string> out;
    for (const auto& word : value.as_array()) out.emplace_back(word.as_string());
    return out;
}

json::object parse_object(std::string_view text)
{
    json::parse_options options;
    options.allow_invalid_utf8 = true;  // senders' bytes come back as they were
    return json::parse(text, {}, options).as_object();
}

}  // namespace

static void fields_of(auto& source, auto& visit)
    requires std::same_as<std::remove_cvref_t<decltype(source)>, Source>
{
    visit("name", source.name);
    visit("schemes", source.schemes);
    visit.json("settings", source.settings);
    visit("read_only", source.read_only);
    visit("created_at", source.created_at);
    visit("updated_at", source.updated_at);
}

json::object to_json(const Source& source) { return write_fields(source); }

void from_json(const json::object& object, Source& into, std::vector<Fault>& faults)
{
    read_fields(object, into, faults);
}

std::string to_spec(const Subscription& subscription)
{
    return json::serialize(to_json(subscription));
}

std::string to_spec(const Source& source) { return json::serialize(to_json(source)); }

namespace {

template <class Setting>
void read_any_spec(std::string_view text, Setting& into)
{
    std::vector<Fault> faults;
    from_json(parse_object(text), into, faults);
    if (!faults.empty()) throw boost::system::system_error{make_error_code(errc::corrupt)};
}

}  // namespace

void read_spec(std::string_view text, Subscription& into) { read_any_spec(text, into); }
void read_spec(std::string_view text, Source& into) { read_any_spec(text, into); }

std::string to_list_text(const std::vector<std::string>& words)
{
    return json::serialize(to_array(words));
}

std::vector<std::string> read_list_text(std::string_view text)
{
    return read_array(json::parse(text));
}

}  // namespace katydid::store
