// Every command of the program, called once against a hub.
#include <katydid/hub.hpp>

#include "hub/cli/client/hub_client.hpp"
#include "hub/cli/program.hpp"
#include "hub/cli/tree/command_tree.hpp"
#include "tests/cli/commands/operator.hpp"

#include <algorithm>
#include <set>

using namespace katydid;
using test::Operator;

namespace {

cli::CommandNode program_tree()
{
    static int exit_code = 0;
    return cli::read_tree(*cli::make_program(exit_code));
}

/// Every path that runs something: "events list".
void collect_commands(const cli::CommandNode& node, const std::string& path,
                      std::map<std::string, const cli::CommandNode*>& commands)
{
    if (!path.empty() && (node.children.empty() || !node.positionals.empty()))
        commands[path] = &node;
    for (const auto& child : node.children)
        collect_commands(child, path.empty() ? child.name : path + " " + child.name, commands);
}

bool needs_hub(const cli::CommandNode& node)
{
    const auto is_key = [](const cli::CommandOption& option) {
        return std::ranges::find(option.names, "--key-file") != option.names.end();
    };
    return std::ranges::any_of(node.options, is_key) || std::ranges::any_of(node.inherited, is_key);
}

/// Calls commands, and knows which were called.
class Caller {
public:
    explicit Caller(const Operator& person) : person_{person}
    {
        collect_commands(tree_, "", commands_);
        for (const auto& [path, node] : commands_) left_.insert(path);
    }

    /// Runs "events list" with arguments, which must end with `code`. Returns its output.
    std::string call(const std::string& path, const std::vector<std::string>& arguments = {},
                     int code = 0, const std::string& in = {})
    {
        BOOST_REQUIRE_MESSAGE(commands_.contains(path), "there is no command " << path);
        left_.erase(path);
        std::vector<std::string> words;
        std::istringstream parts{path};
        for (std::string word; parts >> word;) words.push_back(word);
        words.insert(words.end(), arguments.begin(), arguments.end());
        const auto ran = needs_hub(*commands_.at(path)) ? person_.run(words, in)
                                                        : test::run_katydid(words, in);
        BOOST_TEST(ran.exit_code == code, path << ": " << ran.out << ran.error);
        return ran.out;
    }

    /// The member of what it prints with --json, or of the first row of a list.
    std::string member(const std::string& path, std::vector<std::string> arguments,
                       const char* name)
    {
        arguments.emplace_back("--json");
        auto value = boost::json::parse(call(path, arguments));
        if (const auto* rows = value.if_array()) {
            BOOST_REQUIRE_MESSAGE(!rows->empty(), path << " lists nothing");
            return test::text(rows->front(), name);
        }
        return test::text(value, name);
    }

    [[nodiscard]] const std::set<std::string>& left() const { return left_; }

private:
    const Operator& person_;
    cli::CommandNode tree_ = program_tree();
    std::map<std::string, const cli::CommandNode*> commands_;
    std::set<std::string> left_;
};

void call_about_events(Caller& caller, const Operator& person)
{
    const auto event = caller.member("send", {"a.b", "--data", "1", "--id", "one"}, "id");
    caller.call("tail", {"--after", event, "--for", "1ms"});
    caller.call("events list", {"--since", "1h"});
    caller.call("events show", {event});
    caller.call("events payload", {event});
    caller.call("send", {"a.b", "--data", "1", "--wait", "20s"}, 1);
    const std::vector<std::string> dead{"deliveries", "list", "--event", event, "--state", "dead"};
    cli::HubClient clock{{person.url(), {}, {}, {}}};
    while (person.json(dead).as_array().empty()) clock.pause(milliseconds{20});
    const auto delivery = caller.member("deliveries list", {"--event", event}, "id");
    caller.call("deliveries show", {delivery});
    caller.call("deliveries attempts", {delivery});
    caller.call("deliveries cancel", {delivery}, 1);
    caller.call("deliveries retry", {delivery, "--force"});
    caller.call("events replay", {event});
    while (person.json(dead).as_array().empty()) clock.pause(milliseconds{20});
    const auto job = caller.member("replay start", {"--event", event, "--no-wait"}, "id");
    caller.call("replay wait", {job}, 1);  // dead again
    caller.call("replay list");
    caller.call("replay show", {job});
    for (const auto* change : {"replay pause", "replay resume", "replay cancel"})
        caller.call(change, {job}, 1);
    caller.call("stats", {"--since", "1h", "--bucket", "1m"});
    const auto again = person.run({"send", "a.b", "--data", "2", "--id", "one"});
    BOOST_TEST(again.exit_code == 1, again.error);
}

void call_about_transforms(Caller& caller, const Operator& person)
{
    const auto code
        = person.file("keep.js", "function transform({payload}) { return {payload}; }").string();
    const auto sample = person.file("sample.json", R"({"id":9007199254740993,"n":1.0})").string();
    const auto shaped = caller.call("transform test", {code, "--sample", sample});
    BOOST_TEST(shaped == "{\"id\":9007199254740993,\"n\":1.0}\n");
    const auto misspelt = person.file("misspelt.jq", "{paylod: 1}").string();
    const auto told = person.run({"transform", "test", misspelt, "--sample", sample});
    BOOST_TEST(told.exit_code == 0);
    BOOST_TEST(told.error.find("\"paylod\" is ignored") != std::string::npos, told.error);
    caller.call("transform presets", {"slack"});
}

void call_about_sources(Caller& caller, const Operator& person)
{
    const auto toml = person.file("own.toml", caller.call("schemes", {"github"})).string();
    caller.call("schemes create", {"own", toml});
    caller.call("schemes list");
    caller.call("schemes update", {"own", toml});
    caller.call("schemes delete", {"own"});
    caller.call("sources create", {"github", "--scheme", "github"});
    caller.call("sources list");
    caller.call("sources show", {"github"});
    caller.call("sources update", {"github", "--repeats", "refuse"});
    caller.call("sources rotate-secret", {"github"});
    caller.call("trigger", {"--list"});
    cli::HubClient provider{{person.url(), {}, {}, {}}};
    const auto posted = provider.send({"POST", "/api/webhooks/github", "{}", {}});
    BOOST_REQUIRE((posted && posted->status == 401));
    while (person.json({"rejected", "list"}).as_array().empty()) provider.pause(milliseconds{20});
    const auto rejected = caller.member("rejected list", {"--source", "github"}, "id");
    caller.call("rejected show", {rejected});
    caller.call("rejected replay", {rejected}, 1);
    caller.call("rejected replay", {"--all", "--since", "1h"}, 1);
    caller.call("rejected delete", {rejected});
    caller.call("sources delete", {"github"});
}

/// A stream with an end, as its own, taken up again; without a local server webhooks are shown.
void call_about_streams(Caller& caller, const Operator& person)
{
    cli::HubClient client{{person.url(), person.key(), {}, {}}};
    const auto made = client.send(
        {"POST",
         "/v1/subscriptions",
         R"({"name":"listen-here","event_types":["l.*"],"handler":{"kind":"stream"},)"
         R"("expires_at":"2099-01-01T00:00:00Z"})",
         {}});
    BOOST_REQUIRE((made && made->status == 201U));
    caller.call("send", {"l.m", "--data", "1"});
    const auto shown = caller.call("listen", {"--name", "here", "--types", "l.*", "--count", "1"});
    BOOST_TEST(shown.starts_with("l.m "), shown);
    const auto kept = client.send({"GET", "/v1/subscriptions/listen-here", {}, {}});
    BOOST_TEST((kept && !test::text(kept->json, "expires_at").empty()));
}

void call_about_the_rest(Caller& caller, const Operator& person)
{
    const auto schema = person.file("schema.json", R"({"type": "object"})").string();
    caller.call("event-types create", {"c.d", "--schema", schema});
    caller.call("event-types list");
    caller.call("event-types show", {"c.d"});
    caller.call("event-types update", {"c.d", "--description", "A thing"});
    caller.call("event-types delete", {"c.d"});
    caller.call("subscriptions create", {"s", "--types", "x.*", "--to", "http://127.0.0.1:9/"});
    caller.call("subscriptions list");
    caller.call("subscriptions update", {"s", "--in-flight", "2"});
    for (const auto* command :
         {"show", "pause", "resume", "test", "secret", "rotate-secret", "delete"})
        caller.call("subscriptions " + std::string{command}, {"s"});
    caller.call("tenants create", {"blue"});
    caller.call("tenants list");
    caller.call("tenants show", {"blue"});
    caller.call("tenants update", {"blue", "--in-flight", "9"});
    caller.call("tenants delete", {"blue"});
    caller.call("keys create", {"k", "--scope", "events:read"});
    caller.call("keys list");
    caller.call("keys revoke", {"k"});
    const auto document = person.file("hub.toml", caller.call("export")).string();
    caller.call("apply", {document, "--dry-run"});
    caller.call("limits show");
    caller.call("limits update", {"--in-flight", "100"});
    caller.call("limits update", {"--in-flight", "default"});
    caller.call("subjects privacy", {"someone", "--opt-out", "all"});
    caller.call("subjects erase", {"someone"});
    caller.call("audit list");
    caller.call("audit verify");
}

void call_without_a_hub(Caller& caller, const Operator& person)
{
    const auto path = [&](const char* name) { return person.folder() / name; };
    const auto config = person
                            .file("own.conf", "listen = \"127.0.0.1:0\"\n"
                                              "operator_listen = \"127.0.0.1:0\"\n")
                            .string();
    caller.call("init", {path("katydid.toml").string()});
    caller.call("doctor", {"--offline", "--config", config, "--data-dir", person.folder().string()},
                1);
    caller.call("check", {"--config", config, "--data-dir", person.folder().string()}, 1);
    caller.call("serve", {"--config", path("nowhere.toml").string()}, 2);
    caller.call("tenants move", {"acme", "--to", "b", "--config", config}, 1);
    const auto store = "sqlite:" + path("katydid.db").string();
    const auto copy = path("copy.db").string();
    caller.call("backup", {copy, "--store", store});
    caller.call("backup", {copy, "--store", store}, 1);
    caller.call("restore", {copy, "--store", "sqlite:" + path("other.db").string()});
    caller.call("certs dev", {"--dir", path("certs").string()});
    const auto secret = person.file("secret", "swordfish-swordfish").string();
    const auto body = person.file("body", "{}").string();
    const std::vector<std::string> signing{"--scheme", "github",      "--secret-file",
                                           secret,     "--body-file", body};
    auto verifying = signing;
    std::istringstream headers{caller.call("sign", signing)};
    for (std::string header; std::getline(headers, header);)
        verifying.insert(verifying.end(), {"--header", header});
    caller.call("verify", verifying);
    caller.call("completion", {"bash"});
    caller.call("man");
    caller.call("help", {"events", "list"});
    caller.call("version");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_every_command)

// Goal: no command fails on a hub that has what it asks for; a new one needs a line above.
BOOST_AUTO_TEST_CASE(every_command_works)
{
    const test::Folder folder;
    Hub hub{test::settings_in(folder)};
    hub.on({.name = "all", .event_types = {"a.*"}},
           [](const Event&) -> awaitable<Outcome> { co_return Outcome::dead("it is broken"); });
    test::with_operator(hub, folder, [](const Operator& person) {
        Caller caller{person};
        call_about_events(caller, person);
        call_about_sources(caller, person);
        call_about_transforms(caller, person);
        call_about_streams(caller, person);
        call_about_the_rest(caller, person);
        call_without_a_hub(caller, person);
        for (const auto& path : caller.left())
            BOOST_ERROR("`katydid " << path << "` is not called by this test");
    });
}

// Goal: `keys create --help` names every scope that the API takes.
BOOST_AUTO_TEST_CASE(scopes_are_told)
{
    const auto help = test::run_katydid({"keys", "create", "--help"}).out;
    test::with_operator([&](const Operator& person) {
        cli::HubClient client{{person.url(), {}, {}, {}}};
        const auto document = client.send({"GET", "/openapi.json", {}, {}});
        BOOST_REQUIRE((document && document->status == 200));
        const auto& scopes = document->json.at("components")
                                 .at("schemas")
                                 .at("NewKey")
                                 .at("properties")
                                 .at("scopes")
                                 .at("items")
                                 .at("enum");
        for (const auto& scope : scopes.as_array())
            BOOST_TEST((help.find(scope.as_string().c_str()) != std::string::npos), scope);
    });
}

BOOST_AUTO_TEST_SUITE_END()
