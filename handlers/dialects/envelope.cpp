#include "handlers/dialects/envelope.hpp"

#include "hub/core/json/scan.hpp"

#include <boost/json.hpp>

namespace katydid::dialects {
namespace {

namespace json = boost::json;

bool has_string(std::string_view text, std::string_view name)
{
    const auto member = json_text::member(text, name);
    return member && json_text::is_string(*member);
}

std::optional<Opened> open_as(Shape shape, std::string_view text, std::string_view data)
{
    const auto inner = json_text::member(text, data);
    if (!inner) return std::nullopt;
    return Opened{shape, *inner};
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

struct FactTexts {
    std::optional<std::string_view> when;
    std::optional<std::string_view> id;
};

FactTexts find_facts(std::string_view body, const FactMembers& members)
{
    const auto [when, data] = json_text::members(body, members.time, members.data);
    return {when, data ? json_text::member(*data, "id") : std::nullopt};
}

FactTexts find_facts(const json_text::Outline& outline, const FactMembers& members)
{
    FactTexts found;
    if (const auto when = outline.root().member(members.time)) found.when = when->text();
    const auto data = outline.root().member(members.data);
    if (const auto id = data ? data->member("id") : std::nullopt) found.id = id->text();
    return found;
}

}  // namespace

result<Opened> open_envelope(const Event& event)
{
    std::string_view text = event.payload ? std::string_view{*event.payload} : "";
    if (!json_text::is_json(text))
        return Error{errc::invalid_argument, "the payload is not JSON, which this dialect needs"};
    text = json_text::without_mark(text);
    const bool is_published = event.source.empty();
    if (!is_published)
        if (const auto opened = open_known(text)) return *opened;
    return Opened{Shape::plain, text};
}

Facts read_envelope_facts(std::string_view body, const FactMembers& members,
                          const json_text::Outline& outline)
{
    Facts facts;
    const auto [when, id] = outline.is_of(body) ? find_facts(outline, members)
                                                : find_facts(body, members);
    if (when && json_text::is_string(*when))
        facts.occurred_at = parse_rfc3339(when->substr(1, when->size() - 2));
    if (id && json_text::is_string(*id))
        facts.key = json_text::unescaped(id->substr(1, id->size() - 2));
    else if (id && id->find_first_not_of("-0123456789") == std::string_view::npos) facts.key = *id;
    return facts;
}

std::string quote_json(std::string_view text) { return json::serialize(json::string_view{text}); }

}  // namespace katydid::dialects
