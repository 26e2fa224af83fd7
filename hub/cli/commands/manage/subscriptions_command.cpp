// katydid subscriptions: who gets which events.
#include "hub/cli/client/resource.hpp"
#include "hub/cli/client/transform_code.hpp"

#include <optional>

namespace katydid::cli {
namespace subscriptions_command {
namespace {

namespace json = boost::json;

constexpr Resource resource{"/v1/subscriptions", "sub_", "subscription"};

/// What `create` and `update` take. Empty: not said.
struct Wishes {
    std::string from;  ///< a JSON file; the options win over it
    std::string name;
    std::string to;
    std::vector<std::string> types;
    std::vector<std::string> sources;
    std::string filter;
    std::string transform;
    std::string preset;
    std::string dialect;
    std::string signature;
    std::string identity;
    std::string secret_env;
    std::string secret_file;
    std::string timeout;
    std::string ordering;
    std::string order_key;
    std::optional<std::uint32_t> in_flight;
    std::optional<double> per_second;
    std::vector<std::string> delays;
    std::vector<std::string> headers;
};

void add_options(CLI::App& command, Wishes& wishes)
{
    add_from(command, wishes.from);
    command.add_option("--to", wishes.to, "Where to POST: the endpoint's URL")->type_name("URL");
    command.add_option("--types", wishes.types, "Event types, exact or prefix.*, or *")
        ->delimiter(',');
    command.add_option("--sources", wishes.sources, "Only from these sources")->delimiter(',');
    command.add_option("--filter", wishes.filter, "Only what matches; null takes it away")
        ->type_name("JSON");
    auto* file = command
                     .add_option(
                         "--transform", wishes.transform,
                         "Code that shapes the event: JavaScript, or jq in a file that ends "
                         "in .jq; null takes it away")
                     ->type_name("FILE");
    command
        .add_option("--transform-preset", wishes.preset,
                    "Ready code for a product: slack, … (katydid transform presets)")
        ->excludes(file);
    command.add_option("--dialect", wishes.dialect, "How events are written on the wire")
        ->check(CLI::IsMember(
            std::vector<std::string>{"standard", "raw", "cloudevents", "atlvs", "grasshopper"}));
    command.add_option("--signature", wishes.signature, "A scheme instead of the dialect's own");
    command.add_option("--identity", wishes.identity,
                       "An identity of the settings: whom to trust, and who the hub says it is");
    command.add_option("--header", wishes.headers, "Sent with every request: 'Name: value'");
    command.add_option("--secret-env", wishes.secret_env, "The variable that holds the secret");
    command.add_option("--secret-file", wishes.secret_file, "The file that holds the secret")
        ->type_name("FILE");
    command.add_option("--timeout", wishes.timeout, "For one attempt, as in 15s")
        ->type_name("DURATION");
    command.add_option("--in-flight", wishes.in_flight, "Attempts at the same time");
    command.add_option("--per-second", wishes.per_second, "Attempts each second; 0: no limit");
    command.add_option("--ordering", wishes.ordering, "none, or key: one at a time for each key")
        ->check(CLI::IsMember(std::vector<std::string>{"none", "key"}));
    command.add_option("--order-key", wishes.order_key, "/json/pointer or header:Name");
    command.add_option("--delays", wishes.delays, "Waits before the next attempts: 5s,5m,1h")
        ->delimiter(',');
}

json::array to_array(const std::vector<std::string>& texts)
{
    json::array array;
    for (const auto& text : texts) array.emplace_back(text);
    return array;
}

json::object& object_at(json::object& body, const char* name)
{
    auto& value = body[name];
    if (!value.is_object()) value = json::object{};
    return value.as_object();
}

void set_handler(json::object& body, const Wishes& wishes)
{
    if (!wishes.to.empty()) object_at(body, "handler")["url"] = wishes.to;
    if (!wishes.identity.empty()) object_at(body, "handler")["identity"] = wishes.identity;
    for (const auto& header : wishes.headers) {
        const auto colon = header.find(':');
        if (colon == std::string::npos)
            throw CommandEnd{wrong_usage, "--header takes 'Name: value'"};
        const auto start = header.find_first_not_of(' ', colon + 1);
        object_at(object_at(body, "handler"), "headers")[header.substr(0, colon)]
            = start == std::string::npos ? "" : header.substr(start);
    }
}

void set_limits(json::object& body, const Wishes& wishes)
{
    if (wishes.in_flight) object_at(body, "limits")["in_flight"] = *wishes.in_flight;
    if (wishes.per_second) object_at(body, "limits")["per_second"] = *wishes.per_second;
    if (!wishes.ordering.empty()) object_at(body, "limits")["ordering"] = wishes.ordering;
    if (!wishes.order_key.empty()) object_at(body, "limits")["order_key"] = wishes.order_key;
}

/// Headers are shown without their values, which must be given anew.
void refuse_hidden(const json::object& body)
{
    const auto* handler = body.if_contains("handler");
    const auto* headers = handler == nullptr ? nullptr : value_at(*handler, "headers").if_object();
    if (headers == nullptr) return;
    std::string hidden;
    for (const auto& [name, value] : *headers)
        if (value == json::value("(hidden)")) hidden += ", " + std::string{name};
    if (!hidden.empty())
        throw CommandEnd{wrong_usage, "the values of its headers are hidden: write them into the "
                                      "file ("
                                          + hidden.substr(2) + ")"};
}

/// What a change takes away, a new one does not have.
void remove_blank(json::object& body)
{
    for (const auto* name : {"filter", "signature", "transform"})
        if (const auto* member = body.if_contains(name); member != nullptr && member->is_null())
            body.erase(name);
    if (auto* retry = body.if_contains("retry"); retry != nullptr && retry->is_object())
        if (value_at(*retry, "delays").is_null()) retry->as_object().erase("delays");
    if (auto* handler = body.if_contains("handler"); handler != nullptr && handler->is_object())
        if (value_at(*handler, "headers") == json::value(json::object{}))
            handler->as_object().erase("headers");
}

json::object body_of(const Wishes& wishes)
{
    auto body = read_row(wishes.from, {"status_reason", "state", "public_key"});
    refuse_hidden(body);
    set_if(body, "name", wishes.name);
    if (!wishes.types.empty()) body["event_types"] = to_array(wishes.types);
    if (!wishes.sources.empty()) body["sources"] = to_array(wishes.sources);
    if (!wishes.filter.empty()) body["filter"] = read_json_text(wishes.filter, "--filter");
    if (!wishes.transform.empty()) body["transform"] = transform_of_file(wishes.transform);
    if (!wishes.preset.empty()) body["transform"] = transform_of_preset(wishes.preset);
    set_if(body, "dialect", wishes.dialect);
    set_if(body, "signature", wishes.signature);
    set_if(body, "secret", read_secret(wishes.secret_env, wishes.secret_file));
    set_if(body, "timeout", wishes.timeout);
    set_handler(body, wishes);
    set_limits(body, wishes);
    if (!wishes.delays.empty()) object_at(body, "retry")["delays"] = to_array(wishes.delays);
    return body;
}

void add_create(const Group& group)
{
    const auto wishes = std::make_shared<Wishes>();
    auto& command = group.add("create", "Make one; a secret that is made for it is shown this once",
                              [wishes](Session& session) {
                                  auto body = body_of(*wishes);
                                  remove_blank(body);
                                  object_at(body, "handler");  // so that --to is asked for
                                  session.print(session.post(resource.path, std::move(body)));
                              });
    command.add_option("name", wishes->name, "Its name");
    add_options(command, *wishes);
}

void add_update(const Group& group)
{
    const auto wishes = std::make_shared<Wishes>();
    auto& command = cli::add_update(
        group, resource, {"Change what is named, at once", "Its id (sub_…), or its name"},
        [wishes] { return body_of(*wishes); });
    command.add_option("--name", wishes->name, "A new name");
    add_options(command, *wishes);
}

void add_post(const Group& group, const char* word, const char* help)
{
    const auto id = std::make_shared<std::string>();
    const std::string path_end = std::string{"/"} + word;
    auto& command = group.add(word, help, [id, path_end](Session& session) {
        const auto path = path_of(resource, *id) + path_end;
        session.print(session.must({"POST", path, {}, {}}).json);
    });
    command.add_option("id", *id, "Its id (sub_…), or its name")->required();
}

void add_secret(const Group& group)
{
    const auto id = std::make_shared<std::string>();
    auto& command = group.add(
        "secret", "Show once more what its receiver verifies with",
        [id](Session& session) { session.print(session.get(path_of(resource, *id) + "/secret")); });
    command.add_option("id", *id, "Its id (sub_…), or its name")->required();
}

}  // namespace
}  // namespace subscriptions_command

void add_subscriptions_command(CLI::App& app, int& exit_code)
{
    using namespace subscriptions_command;
    const auto group = add_group(app, "subscriptions", "Who gets which events", exit_code);
    add_list(group, resource,
             {{"SUBSCRIPTION", "id", Show::text, 3},
              {"NAME", "name"},
              {"STATUS", "status"},
              {"TYPES", "event_types"},
              {"SOURCES", "sources", Show::text, 1},
              {"DIALECT", "dialect", Show::text, 2},
              {"URL", "handler.url"}});
    add_show(group, resource);
    add_create(group);
    add_update(group);
    add_delete(group, resource, "delete", "Remove one; what waits for it is cancelled");
    add_post(group, "pause", "Deliveries accumulate and wait");
    add_post(group, "resume", "Go on");
    add_post(group, "test", "Send it an event that is only for it");
    add_rotate(group, resource);
    add_secret(group);
}

}  // namespace katydid::cli
