#include "bench/target/description.hpp"

#include <toml++/toml.h>

#include <sstream>
#include <stdexcept>

namespace katydid::bench {

namespace {

[[noreturn]] void refuse(const toml::node& node, const std::string& hint)
{
    std::ostringstream text;
    text << *node.source().path << ':' << node.source().begin.line << ": " << hint;
    throw std::runtime_error{text.str()};
}

std::string text_of(const toml::table& table, std::string_view key, std::string fallback = {})
{
    const auto* node = table.get(key);
    if (node == nullptr) return fallback;
    if (const auto text = node->value<std::string>()) return *text;
    refuse(*node, std::string{key} + " must be a text");
}

std::vector<std::pair<std::string, std::string>> pairs_of(const toml::table& table,
                                                          std::string_view key)
{
    std::vector<std::pair<std::string, std::string>> pairs;
    const auto* node = table.get(key);
    if (node == nullptr) return pairs;
    if (!node->is_table()) refuse(*node, std::string{key} + " must be a table of texts");
    for (const auto& [name, value] : *node->as_table()) {
        if (!value.is_string()) refuse(value, std::string{name.str()} + " must be a text");
        pairs.emplace_back(name.str(), *value.value<std::string>());
    }
    return pairs;
}

void refuse_unknown(const toml::table& table, std::initializer_list<std::string_view> known)
{
    for (const auto& [name, value] : table)
        if (std::find(known.begin(), known.end(), name.str()) == known.end())
            refuse(value,
                   "unknown key \"" + std::string{name.str()} + "\"; bench/README.md lists them");
}

CallTemplate call_of(const toml::table& table, std::string name)
{
    refuse_unknown(table, {"name", "at", "method", "path", "headers", "body", "expect", "extract"});
    CallTemplate made;
    made.name = text_of(table, "name", std::move(name));
    made.at = text_of(table, "at", "base");
    made.call = {text_of(table, "method", "POST"), text_of(table, "path", "/"),
                 pairs_of(table, "headers"), text_of(table, "body")};
    made.expect = table["expect"].value_or(0U);
    made.extract = pairs_of(table, "extract");
    return made;
}

StartDescription start_of(const toml::table& table)
{
    refuse_unknown(table, {"command", "environment", "ready_file", "extract", "ready", "timeout"});
    StartDescription start;
    const auto* command = table["command"].as_array();
    if (command == nullptr || command->empty())
        refuse(table, "[start] needs command, a list: the program and its arguments");
    for (const auto& part : *command) start.command.push_back(part.value_or(std::string{}));
    start.environment = pairs_of(table, "environment");
    start.ready_file = text_of(table, "ready_file");
    start.extract = pairs_of(table, "extract");
    if (const auto* ready = table["ready"].as_table()) start.ready = call_of(*ready, "ready");
    if (const auto text = table["timeout"].value<std::string>()) {
        const auto timeout = parse_duration(*text);
        if (!timeout) refuse(*table.get("timeout"), "timeout must be a duration such as \"30s\"");
        start.timeout = *timeout;
    }
    return start;
}

Signature signature_of(const toml::table& table)
{
    const auto text = text_of(table, "signature", "none");
    if (text == "none") return Signature::none;
    if (text == "atlvs") return Signature::atlvs;
    if (text == "standard-webhooks") return Signature::standard_webhooks;
    refuse(*table.get("signature"), "signature is none, atlvs or standard-webhooks");
}

Door door_of(const toml::table& table)
{
    refuse_unknown(table, {"method", "path", "headers", "body", "signature", "secret"});
    Door door;
    door.method = text_of(table, "method", "POST");
    door.path = text_of(table, "path", "/");
    door.headers = pairs_of(table, "headers");
    door.body = text_of(table, "body", "{{data}}");
    door.signature = signature_of(table);
    door.secret = text_of(table, "secret");
    if (door.signature != Signature::none && door.secret.empty())
        refuse(table, "a signed door needs a secret");
    return door;
}

void read_receive(const toml::table& table, Description& description)
{
    refuse_unknown(table, {"signature", "prefix", "secret"});
    const auto signature = text_of(table, "signature", "none");
    if (signature != "none" && signature != "standard-webhooks")
        refuse(*table.get("signature"),
               "what is received can be checked for standard-webhooks or none");
    description.receive.enabled = signature != "none";
    description.receive.prefix = text_of(table, "prefix", "webhook-");
    description.receive_secret = text_of(table, "secret", "{{secret}}");
}

/// Calls `use(name, table)` for every table inside the table of that name.
template <class Use>
void for_each_table(const toml::table& file, std::string_view key, Use&& use)
{
    if (const auto* tables = file[key].as_table())
        for (const auto& [name, value] : *tables) {
            if (!value.is_table()) refuse(value, std::string{name.str()} + " must be a table");
            use(std::string{name.str()}, *value.as_table());
        }
}

}  // namespace

Description read_description(const std::string& path)
{
    const auto parsed = [&] {
        try {
            return toml::parse_file(path);
        } catch (const toml::parse_error& error) {
            std::ostringstream text;
            text << path << ':' << error.source().begin.line << ": " << error.description();
            throw std::runtime_error{text.str()};
        }
    }();
    refuse_unknown(parsed, {"name", "variables", "start", "setup", "endpoint", "publish", "cluster",
                            "receive", "call"});
    Description description;
    description.name = text_of(parsed, "name", path);
    description.variables = pairs_of(parsed, "variables");
    if (const auto* start = parsed["start"].as_table()) description.start = start_of(*start);
    if (const auto* cluster = parsed["cluster"].as_table())
        description.cluster_environment = pairs_of(*cluster, "environment");
    if (const auto* setup = parsed["setup"].as_array())
        for (const auto& step : *setup)
            if (const auto* table = step.as_table())
                description.setup.push_back(call_of(*table, "setup"));
    if (const auto* endpoint = parsed["endpoint"].as_table())
        description.endpoint = call_of(*endpoint, "endpoint");
    for_each_table(parsed, "publish", [&](const std::string& name, const toml::table& table) {
        description.doors[name] = door_of(table);
    });
    if (!description.doors.contains("default"))
        refuse(parsed, "a target needs [publish.default]: where events are posted");
    if (const auto* receive = parsed["receive"].as_table()) read_receive(*receive, description);
    for_each_table(parsed, "call", [&](const std::string& name, const toml::table& table) {
        auto call = call_of(table, name);
        call.is_optional = true;
        description.calls[name] = std::move(call);
    });
    return description;
}

}  // namespace katydid::bench
