#include "handlers/envelope.hpp"

#include "handlers/json_member.hpp"

#include <boost/json.hpp>

#include <array>

namespace katydid::handlers {
namespace {

namespace json = boost::json;

constexpr std::size_t depth_max = 32;

json::value parse(std::string_view text, boost::system::error_code& error, json::storage_ptr memory)
{
    json::parse_options options;
    options.max_depth = depth_max;
    return json::parse(text, error, std::move(memory), options);
}

bool is_json(std::string_view text)
{
    std::array<unsigned char, 8'192> buffer;
    json::monotonic_resource memory{buffer.data(), buffer.size()};
    boost::system::error_code error;
    const auto value = parse(text, error, &memory);
    return !error;
}

bool has_string(std::string_view text, std::string_view name)
{
    const auto member = find_member(text, name);
    return member && member->is_string();
}

std::optional<Opened> open_as(Shape shape, std::string_view text, std::string_view data)
{
    const auto inner = find_member(text, data);
    if (!inner) return std::nullopt;
    return Opened{shape, inner->text};
}

std::optional<Opened> open_known(std::string_view text)
{
    if (has_string(text, "name") && has_string(text, "occurredAt"))
        return open_as(Shape::atlvs, text, "payload");
    if (has_string(text, "event")) return open_as(Shape::grasshopper, text, "data");
    if (has_string(text, "type") && has_string(text, "timestamp"))
        return open_as(Shape::standard, text, "data");
    return std::nullopt;
}

std::string id_text(const json::value& value)
{
    if (const auto* text = value.if_string()) return {text->data(), text->size()};
    if (value.is_int64() || value.is_uint64()) return json::serialize(value);
    return {};
}

}  // namespace

result<Opened> open_envelope(const Event& event)
{
    const std::string_view text = event.payload ? std::string_view{*event.payload} : "";
    if (!is_json(text))
        return Error{errc::invalid_argument, "the payload is not JSON, which this dialect needs"};
    const bool is_published = event.source.empty();
    if (!is_published)
        if (const auto opened = open_known(text)) return *opened;
    return Opened{Shape::plain, text};
}

result<Facts> read_envelope_facts(std::string_view body, std::string_view time,
                                  std::string_view data)
{
    std::array<unsigned char, 8'192> buffer;
    json::monotonic_resource memory{buffer.data(), buffer.size()};
    boost::system::error_code error;
    const auto value = parse(body, error, &memory);
    if (error) return Error{errc::invalid_argument, "the body is not JSON: " + error.message()};
    const auto* object = value.if_object();
    if (object == nullptr) return Error{errc::invalid_argument, "the body is not a JSON object"};
    Facts facts;
    const auto* when = object->if_contains(time);
    if (when != nullptr && when->is_string()) facts.occurred_at = parse_rfc3339(when->get_string());
    const auto* inner = object->if_contains(data);
    if (inner == nullptr || !inner->is_object()) return facts;
    if (const auto* id = inner->get_object().if_contains("id")) facts.key = id_text(*id);
    return facts;
}

std::string quote_json(std::string_view text) { return json::serialize(json::string_view{text}); }

}  // namespace katydid::handlers
