#include "hub/config/tables/test_tables.hpp"

#include "hub/config/code_reference.hpp"
#include "hub/config/tables/toml_json.hpp"
#include "hub/core/json/write.hpp"
#include "hub/core/subscription/subscription_json.hpp"
#include "hub/filter/compile.hpp"
#include "hub/input/schemas.hpp"

namespace katydid::config {
namespace {

namespace json = boost::json;

/// The table at `key` as JSON; empty where there is none, or it was noted what is wrong.
std::optional<json::object> read_object(const TomlText& text, const toml::table& table,
                                        std::string_view key)
{
    const auto* node = table.get(key);
    if (node == nullptr) return std::nullopt;
    if (node->is_table() && is_json(*node)) return to_json(*node).as_object();
    text.refuse(*node,
                std::string{key} + ": write it as a table, as in " + std::string{key} + " = { … }");
    return std::nullopt;
}

void read_event(const TomlText& text, const toml::table& table, Event& event)
{
    const auto object = read_object(text, table, "event");
    if (!object)
        return text.refuse_absent(table, "event is missing: write event = { type = \"order.paid\", "
                                         "payload = { … } }");
    const auto& node = *table.get("event");
    const auto read = [&](std::string_view name, std::string& into) {
        const auto* value = object->if_contains(name);
        if (value == nullptr) return;
        if (value->is_string()) into = value->get_string();
        else text.refuse(node, "event." + std::string{name} + " must be a text");
    };
    read("type", event.type);
    read("source", event.source);
    read("key", event.key);
    read("subject", event.subject);
    text.refuse_unknown(*node.as_table(),
                        {"type", "source", "key", "subject", "payload", "headers"});
    if (event.type.empty()) text.refuse(node, "event.type is missing");
    std::string payload = "null";
    if (const auto* given = object->if_contains("payload"))
        payload = given->is_string() ? std::string{given->get_string()} : json_text::write(*given);
    event.payload = std::make_shared<const std::string>(std::move(payload));
    event.content_type = "application/json";
    event.external_id = "test";
    if (const auto* headers = object->if_contains("headers"); headers && headers->is_object())
        for (const auto& [name, value] : headers->get_object())
            if (value.is_string()) event.headers.push_back({name, std::string{value.get_string()}});
}

/// A subscription of its own: filter and transform by the same schema as in [[subscriptions]].
void read_own(const TomlText& text, const toml::table& table, SettingTest& test)
{
    json::object body;
    if (auto transform = read_object(text, table, "transform")) body["transform"] = *transform;
    if (const auto code = read_code(text, table)) {
        auto& transform = body["transform"];
        if (!transform.is_object()) transform = json::object{};
        for (const auto& [name, value] : *code) transform.as_object()[name] = value;
    }
    if (auto filter = read_object(text, table, "filter")) body["filter"] = *filter;
    std::vector<Fault> faults;
    Subscription own;
    if (input::check_schema("ChangedSubscription", body, faults)) from_json(body, own, faults);
    test.by = std::make_shared<const Subscription>(std::move(own));
    if (const auto* filter = body.if_contains("filter"))
        static_cast<void>(filter::compile(*filter, faults));
    for (const auto& fault : faults)
        text.refuse(table, "\"" + fault.pointer.substr(1) + "\" " + fault.detail);
}

}  // namespace

SettingTest read_test(const TomlText& text, const toml::table& table)
{
    text.refuse_unknown(table, {"name", "subscription", "event", "transform", "transform_file",
                                "transform_preset", "filter", "output", "delivered"});
    SettingTest test;
    test.place = text.place_of(table);
    text.read_text(table, "name", test.name);
    text.read_text(table, "subscription", test.subscription);
    read_event(text, table, test.event);
    if (test.subscription.empty()) read_own(text, table, test);
    else
        for (const auto* own : {"transform", "transform_file", "transform_preset", "filter"})
            if (const auto* node = table.get(own))
                text.refuse(*node,
                            std::string{own} + " is the subscription's: leave one of them out");
    if (const auto output = read_object(text, table, "output")) {
        text.refuse_unknown(*table.get("output")->as_table(),
                            {"payload", "headers", "path", "cancel"});
        test.output = json::serialize(*output);
    }
    if (const auto* delivered = table.get("delivered")) {
        test.delivered = delivered->value<bool>();
        if (!test.delivered) text.refuse(*delivered, "delivered must be true or false");
    }
    if (test.output.empty() && !table.contains("delivered") && !table.contains("output"))
        text.refuse_absent(table, "it expects nothing: write output = { … }, or delivered = false");
    return test;
}

}  // namespace katydid::config
