#include "hub/cli/declare/kind.hpp"

#include "hub/input/source_input.hpp"
#include "hub/input/body.hpp"
#include "hub/input/subscription_input.hpp"
#include "hub/core/source_json.hpp"
#include "hub/core/subscription/subscription_json.hpp"
#include "hub/schema/json_schema.hpp"
#include "signing/schemes/scheme.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::cli::declare {
namespace {

namespace json = boost::json;

/// What the hub decides, and what is shown of a secret.
constexpr const char* not_declared[] = {"id",
                                        "status_reason",
                                        "read_only",
                                        "owner",
                                        "created_at",
                                        "updated_at",
                                        "state",
                                        "secret",
                                        "public_key",
                                        "path",
                                        "keys",
                                        "title",
                                        "origin",
                                        "signs",
                                        "settings",
                                        "toml",
                                        "has_verify_token",
                                        "verify_token_sha256"};

void copy(const json::object& from, json::object& into)
{
    for (const auto& [name, value] : from)
        if (std::ranges::find(not_declared, std::string_view{name}) == std::end(not_declared))
            into[name] = value;
}

void show_subscription(const json::object& body, json::object& shown, std::vector<Fault>& faults)
{
    copy(to_json(input::with_changes(body, {}, faults)), shown);
    // A value that is to be hidden is a fault for one that is new; whether it is, is known later.
    std::erase_if(faults, [](const Fault& fault) {
        return fault.pointer == "/handler/headers" && fault.detail.starts_with("give the value");
    });
    if (auto* headers = shown.at("handler").as_object().if_contains("headers"))
        for (auto& header : headers->as_object()) header.value() = input::hidden_value;
}

void show_source(const json::object& body, json::object& shown, std::vector<Fault>& faults)
{
    Source source;
    input::change_source(body, source, faults);
    copy(katydid::to_json(source), shown);
    copy(katydid::to_json(source.settings), shown);
}

void show_event_type(const json::object& body, json::object& shown, std::vector<Fault>& faults)
{
    for (const auto* name : {"name", "description", "schema"}) {
        const auto* value = body.if_contains(name);
        shown[name] = value == nullptr ? json::value{} : *value;
    }
    if (shown.at("schema").is_null()) return;
    std::vector<Fault> found;
    static_cast<void>(schema::JsonSchema::compile(shown.at("schema"), found));
    for (auto& each : found) faults.push_back({"/schema" + each.pointer, std::move(each.detail)});
}

/// A duration as the hub writes it: "7d" for "168h".
void normalise_durations(json::object& object)
{
    for (auto& member : object)
        if (const auto* text = member.value().if_string())
            if (const auto duration = parse_duration(*text))
                member.value() = to_duration_text(*duration);
}

void show_tenant(const json::object& body, json::object& shown)
{
    shown = {{"retention", json::object{}}, {"in_flight", 0}, {"schema_mode", "off"}};
    for (const auto& [name, value] : body) shown[name] = value;
    normalise_durations(shown.at("retention").as_object());
}

/// The description with what it extends filled in, as text of one form.
void show_scheme(const json::object& row, json::object& shown, std::vector<Fault>& faults)
{
    const auto& name = row.at("name").as_string();
    shown["name"] = name;
    const auto scheme = signing::load_scheme(name, row.at("toml").as_string());
    if (scheme) shown["description"] = signing::scheme_toml(**scheme);
    else faults.push_back({"/toml", scheme.error().message});
}

}  // namespace

json::object shown_of_body(const Kind& kind, const json::object& body, std::vector<Fault>& faults)
{
    json::object shown;
    if (&kind == &subscription_kind) show_subscription(body, shown, faults);
    else if (&kind == &source_kind) show_source(body, shown, faults);
    else if (&kind == &event_type_kind) show_event_type(body, shown, faults);
    else if (&kind == &tenant_kind) show_tenant(body, shown);
    else show_scheme(body, shown, faults);
    return shown;
}

json::object shown_by_default(const Kind& kind)
{
    if (&kind == &scheme_kind) return {};
    json::object body;
    if (&kind == &subscription_kind) body["handler"] = json::object{};
    std::vector<Fault> ignored;
    return shown_of_body(kind, body, ignored);
}

json::object shown_of_row(const Kind& kind, const json::object& row)
{
    json::object shown;
    std::vector<Fault> ignored;
    if (&kind == &scheme_kind) show_scheme(row, shown, ignored);
    else copy(row, shown);
    if (&kind == &event_type_kind) shown.erase("schema_mode");  // its tenant's
    return shown;
}

}  // namespace katydid::cli::declare
