// The commands that talk to a hub, against one in this process.
#include <katydid/hub.hpp>

#include "hub/cli/client/hub_client.hpp"
#include "signing/schemes/scheme.hpp"
#include "tests/cli/commands/operator.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

using namespace katydid;
using test::Operator;
using test::text;
using test::with_operator;

namespace {}  // namespace

BOOST_AUTO_TEST_SUITE(cli_client_commands)

// Goal: an event that is sent is listed, shown, and its payload comes back byte for byte.
BOOST_AUTO_TEST_CASE(events_are_sent_and_read)
{
    with_operator([](const Operator& person) {
        const std::string data = R"({ "b": 1.50, "a": [ ] })";
        const auto sent = person.json({"send", "order.created", "--data", data, "--id", "o-1"});
        const auto id = text(sent, "id");
        BOOST_TEST(person.run({"events", "payload", id}).out == data);
        const auto listed = person.json({"events", "list", "--type", "order.*"});
        BOOST_REQUIRE(listed.as_array().size() == 1);
        BOOST_TEST(text(listed.at(0), "external_id") == "o-1");
        BOOST_TEST(text(person.json({"events", "show", id}), "type") == "order.created");
        const auto plain = person.run({"events", "list"});
        BOOST_TEST((plain.out.starts_with(id + "\t")), plain.out);
        BOOST_TEST(person.json({"events", "list", "--type", "other"}).as_array().empty());

        const auto from_in = person.run({"send", "order.paid", "--data-file", "-"}, "[1]\n");
        BOOST_TEST(from_in.exit_code == 0, from_in.error);
        const auto again = person.run({"send", "order.created", "--data", "{}", "--id", "o-1"});
        BOOST_TEST(again.exit_code == 1, again.error);
    });
}

// Goal: lists go over pages until there are enough.
BOOST_AUTO_TEST_CASE(lists_are_paged)
{
    with_operator([](const Operator& person) {
        for (int i = 0; i < 7; ++i) person.json({"send", "a.b", "--data", std::to_string(i)});
        BOOST_TEST(person.json({"events", "list", "--limit", "5"}).as_array().size() == 5);
        BOOST_TEST(person.json({"events", "list"}).as_array().size() == 7);
    });
}

// Goal: a subscription is made, found by its name, changed, paused and removed.
BOOST_AUTO_TEST_CASE(subscriptions)
{
    with_operator([](const Operator& person) {
        const auto made = person.json({"subscriptions", "create", "stock", "--to",
                                       "http://127.0.0.1:9/hook", "--types", "a.*,b.c",
                                       "--in-flight", "3", "--header", "X-Team: blue", "--filter",
                                       R"({"payload": {"n": {"$gte": 1}}})"});
        BOOST_TEST(text(made, "secret").starts_with("whsec_"));
        BOOST_TEST(made.at("event_types").as_array().size() == 2);
        BOOST_TEST(text(made.at("handler").at("headers"), "X-Team") == "(hidden)");
        const auto changed = person.json(
            {"subscriptions", "update", "stock", "--per-second", "2.5", "--filter", "null"});
        BOOST_TEST(changed.at("limits").at("per_second").as_double() == 2.5);
        BOOST_TEST(changed.at("limits").at("in_flight").as_int64() == 3);
        BOOST_TEST(text(person.json({"subscriptions", "pause", "stock"}), "status") == "paused");
        BOOST_TEST(text(person.json({"subscriptions", "resume", "stock"}), "status") == "active");
        const auto rotated = person.json({"subscriptions", "rotate-secret", "stock"});
        BOOST_TEST(text(rotated, "secret").starts_with("whsec_"));
        const auto listed = person.run({"subscriptions", "list"});
        BOOST_TEST((listed.out.find("http://127.0.0.1:9/hook") != std::string::npos), listed.out);
        BOOST_TEST(person.run({"subscriptions", "delete", "stock"}).exit_code == 0);
        BOOST_TEST(person.run({"subscriptions", "show", "stock"}).exit_code == 1);
    });
}

// Goal: a subscription can come from a file, and what the file has wrong is shown with its place.
BOOST_AUTO_TEST_CASE(subscription_from_a_file)
{
    with_operator([](const Operator& person) {
        const auto good = person.file(
            "good.json", R"({"event_types": ["*"], "handler": {"url": "http://127.0.0.1:9/"}})");
        const auto made = person.json({"subscriptions", "create", "all", "--from", good.string()});
        BOOST_TEST(text(made, "name") == "all");
        const auto refused = person.run(
            {"subscriptions", "create", "x", "--types", "*", "--to", "ftp://x"});
        BOOST_TEST(refused.exit_code == 2);
        BOOST_TEST(refused.error.starts_with("katydid subscriptions create: --to "), refused.error);
    });
}

// Goal: sources, keys and tenants are made, listed and taken away.
BOOST_AUTO_TEST_CASE(sources_keys_tenants)
{
    with_operator([](const Operator& person) {
        const auto secret = person.file("secret", "swordfish-swordfish-swordfish-12\n");
        person.json({"sources", "create", "stripe", "--scheme", "stripe", "--secret-file",
                     secret.string()});
        BOOST_TEST(text(person.json({"sources", "show", "stripe"}), "name") == "stripe");
        BOOST_TEST(person.run({"sources", "delete", "stripe"}).exit_code == 0);

        const auto key = person.json({"keys", "create", "ci", "--scope", "events:read"});
        BOOST_TEST(!text(key, "key").empty());
        BOOST_TEST(person.json({"keys", "list"}).as_array().size() >= 1U);
        BOOST_TEST(person.run({"keys", "revoke", "ci"}).exit_code == 0);

        const auto tenant = person.json(
            {"tenants", "create", "blue", "--in-flight", "9", "--retention", "dead=3d"});
        BOOST_TEST(tenant.at("in_flight").as_int64() == 9);
        const auto changed = person.json({"tenants", "update", "blue", "--in-flight", "8"});
        BOOST_TEST(changed.at("in_flight").as_int64() == 8);
        const auto empty = person.json({"events", "list", "--tenant", text(tenant, "id")});
        BOOST_TEST(empty.as_array().empty());
    });
}

// Goal: `send --wait` says what came of every delivery, and `replay` brings the dead ones back.
BOOST_AUTO_TEST_CASE(waiting_and_replaying)
{
    const test::Folder folder;
    Hub hub{test::settings_in(folder)};
    std::atomic<bool> fixed = false;
    hub.on({.name = "shaky", .event_types = {"a.*"}}, [&](const Event&) -> awaitable<Outcome> {
        co_return fixed ? Outcome::delivered() : Outcome::dead("it is broken");
    });
    with_operator(hub, folder, [&](const Operator& person) {
        const auto dead = person.run({"send", "a.b", "--data", "1", "--wait", "20s"});
        BOOST_TEST(dead.exit_code == 1, dead.error);
        BOOST_TEST((dead.out.find("it is broken") != std::string::npos), dead.out);
        const auto rows = person.json({"deliveries", "list", "--state", "dead"});
        BOOST_REQUIRE(rows.as_array().size() == 1);
        const auto id = text(rows.at(0), "id");
        const auto shown = person.run({"deliveries", "show", id});
        BOOST_TEST((shown.out.find("failed") != std::string::npos), shown.out);

        fixed = true;
        const auto job = person.json({"replay", "start", "--subscription", "shaky"});
        BOOST_TEST(text(job, "status") == "completed");
        BOOST_TEST(job.at("delivered").as_int64() == 1);
        const auto fine = person.run({"send", "a.b", "--data", "2", "--wait", "20s"});
        BOOST_TEST(fine.exit_code == 0, fine.error);
        BOOST_TEST(person.run({"deliveries", "cancel", id}).exit_code == 1);
    });
}

// Goal: `tail` shows what comes and what becomes of it, from a given event on, and ends.
BOOST_AUTO_TEST_CASE(tail_follows)
{
    const test::Folder folder;
    Hub hub{test::settings_in(folder)};
    hub.on({.name = "all", .event_types = {"a.*"}},
           [](const Event&) -> awaitable<Outcome> { co_return Outcome::delivered(); });
    with_operator(hub, folder, [&](const Operator& person) {
        const auto first = text(person.json({"send", "a.b", "--data", "1"}), "id");
        const auto second = text(person.json({"send", "a.c", "--data", "2"}), "id");
        const auto followed = person.run({"tail", "--after", first, "--count", "1", "--json"});
        BOOST_TEST(followed.exit_code == 0, followed.error);
        BOOST_TEST((followed.out.find(first + "\",\"type") == std::string::npos), followed.out);
        BOOST_TEST((followed.out.find(second) != std::string::npos), followed.out);
        BOOST_TEST((followed.out.find("\"state\":\"delivered\"") != std::string::npos),
                   followed.out);

        // What comes while it waits is shown too: it is sent by another thread.
        std::thread other{[&] {
            const auto url = person.url();
            cli::HubAddress address{url, person.key(), {}, {}};
            cli::HubClient client{address};
            client.pause(milliseconds{300});
            const auto sent = client.send({"POST", "/v1/events", R"({"type":"a.d","data":3})", {}});
            BOOST_TEST((sent && sent->status == 202));
        }};
        const auto live = person.run({"tail", "--count", "1", "--type", "a.d"});
        other.join();
        BOOST_TEST((live.out.find("a.d") != std::string::npos), live.out);
        BOOST_TEST((live.out.find("delivered") != std::string::npos), live.out);
        BOOST_TEST(person.run({"tail", "--for", "1s"}).exit_code == 0);
    });
}

// Goal: a hub that is away for long is said once, however often `tail` tries.
BOOST_AUTO_TEST_CASE(tail_says_each_trouble_once)
{
    const auto ended = test::run_katydid({"tail", "--url", "http://127.0.0.1:1", "--after",
                                          "evt_01HZY6Q0TV5Q6Z1A2B3C4D5E6F", "--for", "1100ms"});
    const std::string said = "Trying again.";
    const auto first = ended.error.find(said);
    BOOST_TEST((first != std::string::npos), ended.error);
    BOOST_TEST((ended.error.find(said, first + 1) == std::string::npos), ended.error);
}

// Goal: event types come and go, and a tenant may insist on their schemas.
BOOST_AUTO_TEST_CASE(event_types)
{
    with_operator([](const Operator& person) {
        const auto schema = person.file("schema.json", R"({"type": "object", "required": ["n"]})");
        person.json({"event-types", "create", "order.made", "--schema", schema.string()});
        person.json({"event-types", "update", "order.made", "--description", "An order"});
        const auto shown = person.json({"event-types", "show", "order.made"});
        BOOST_TEST(text(shown, "description") == "An order");
        BOOST_TEST(shown.at("schema").is_object());
        BOOST_TEST(person.json({"event-types", "list"}).as_array().size() == 1U);
        BOOST_TEST(person.run({"event-types", "delete", "order.made"}).exit_code == 0);
        BOOST_TEST(person.run({"event-types", "show", "order.made"}).exit_code == 1);
    });
}

// Goal: what was changed is in the audit log, which verifies.
BOOST_AUTO_TEST_CASE(audit)
{
    with_operator([](const Operator& person) {
        person.json({"tenants", "create", "blue"});
        person.json({"keys", "create", "ci", "--scope", "events:read"});
        const auto listed = person.json({"audit", "list", "--action", "key.*"});
        BOOST_TEST(listed.as_array().size() == 1U);
        const auto verified = person.run({"audit", "verify"});
        BOOST_TEST(verified.exit_code == 0, verified.error);
        BOOST_TEST((verified.out.starts_with("verified: ")), verified.out);
    });
}

// Goal: doctor knows a hub that runs from a port that is taken, and says with its exit status
// whether something is wrong.
BOOST_AUTO_TEST_CASE(doctor)
{
    const test::Folder folder;
    const auto settings = folder.path() / "katydid.toml";
    std::ofstream{settings} << "listen = \"127.0.0.1:0\"\noperator_listen = \"127.0.0.1:0\"\n";
    const auto data = (folder.path() / "data").string();
    const auto well = test::run_katydid(
        {"doctor", "--config", settings.string(), "--data-dir", data, "--json"});
    BOOST_TEST(well.exit_code == 0, well.out);
    BOOST_TEST(boost::json::parse(well.out).as_array().size() >= 8U);
    std::ofstream{settings} << "liste = 1\n";
    const auto failed = test::run_katydid({"doctor", "--config", settings.string()});
    BOOST_TEST(failed.exit_code == 1);
    BOOST_TEST((failed.out.find("liste") != std::string::npos), failed.out);
}

// Goal: wrong usage is 2, a hub that says no 1, a hub that is not there 3.
BOOST_AUTO_TEST_CASE(exit_codes)
{
    with_operator([](const Operator& person) {
        BOOST_TEST(person.run({"send", "a.b"}).exit_code == 2);
        BOOST_TEST(person.run({"send", "a.b", "--data", "{"}).exit_code == 2);
        BOOST_TEST(person.run({"subscriptions", "update", "x"}).exit_code == 2);
        BOOST_TEST(person.run({"events", "show", "evt_nothing"}).exit_code == 1);
        BOOST_TEST(person.run({"events", "nonsense"}).exit_code == 2);
    });
    BOOST_TEST(test::run_katydid({"events", "list", "--url", "http://127.0.0.1:1"}).exit_code == 3);
    BOOST_TEST(test::run_katydid({"events", "list", "--key-file", "/nowhere"}).exit_code == 2);
    BOOST_TEST(test::run_katydid({"--help"}).exit_code == 0);
    BOOST_TEST(test::run_katydid({"--version"}).out.starts_with("katydid "));
    const auto url = test::run_katydid({"events", "list", "--url", "127.0.0.1:8080"});
    BOOST_TEST(url.exit_code == 2);
    BOOST_TEST((url.error.find("http:// or https://") != std::string::npos), url.error);
}

// Goal: a word that is no command is named; where one is missing they are listed.
BOOST_AUTO_TEST_CASE(no_such_command)
{
    const auto bogus = test::run_katydid({"bogus"});
    BOOST_TEST(bogus.exit_code == 2);
    BOOST_TEST(bogus.error.starts_with("katydid: there is no command \"bogus\""));
    const auto below = test::run_katydid({"events", "--url", "http://x", "bogus"});
    BOOST_TEST(below.error.starts_with("katydid events: there is no command \"bogus\""));
    const auto none = test::run_katydid({"deliveries"});
    BOOST_TEST(none.exit_code == 2);
    BOOST_TEST((none.error.find("attempts") != std::string::npos), none.error);
    BOOST_TEST(test::run_katydid({}).exit_code == 2);
}

// Goal: a key that is not good is told what to do, and is nowhere in what is printed.
BOOST_AUTO_TEST_CASE(a_wrong_key)
{
    with_operator([](const Operator& person) {
        const auto wrong = person.file("operator.key", "kd_live_wrong\n");
        const auto ran = person.run({"events", "list"});
        BOOST_TEST(ran.exit_code == 2);
        BOOST_TEST((ran.error.find("KATYDID_API_KEY") != std::string::npos), ran.error);
        BOOST_TEST((ran.error.find("kd_live_wrong") == std::string::npos), ran.error);
    });
}

// Goal: `schemes` lists the catalog without a hub, prints one as TOML that loads again, and knows
// the hub's own.
BOOST_AUTO_TEST_CASE(schemes)
{
    const auto all = test::run_katydid({"schemes"});
    BOOST_TEST(all.exit_code == 0);
    BOOST_TEST(static_cast<std::size_t>(std::count(all.out.begin(), all.out.end(), '\n'))
               == signing::scheme_names().size());
    BOOST_TEST(test::run_katydid({"schemes", "--json"}).out.starts_with("[{\"name\":"));
    for (const std::string name : {"github", "stripe", "rfc9421"}) {
        const auto one = test::run_katydid({"schemes", name});
        BOOST_TEST(one.exit_code == 0);
        const auto loaded = signing::load_scheme(name, one.out);
        BOOST_TEST(loaded.has_value(), name << ": " << (loaded ? "" : loaded.error().message));
    }
    with_operator([](const Operator& person) {
        BOOST_TEST(person.run({"schemes", "own"}).exit_code == 1);
        const auto toml = test::run_katydid({"schemes", "github"}).out;
        const auto file = person.file("own.toml", toml);
        person.json({"schemes", "create", "own", file.string()});
        BOOST_TEST(person.run({"schemes", "own"}).out == toml);
        const auto bad = person.run({"schemes", "update", "own", "-"}, "nonsense");
        BOOST_TEST(bad.exit_code == 2);
        BOOST_TEST(bad.error.starts_with("katydid schemes update: the file "), bad.error);
    });
}

// Goal: a mistake is said once, by the name of the option, in one line.
BOOST_AUTO_TEST_CASE(mistakes_name_options)
{
    with_operator([](const Operator& person) {
        const auto scope = person.run({"keys", "create", "x", "--scope", "events:wirte"});
        BOOST_TEST(scope.exit_code == 2);
        BOOST_TEST(scope.error.starts_with("katydid keys create: --scope "), scope.error);
        BOOST_TEST(std::count(scope.error.begin(), scope.error.end(), '\n') == 1, scope.error);
        const auto limit = person.run({"subscriptions", "create", "x", "--types", "*", "--to",
                                       "http://127.0.0.1:9/", "--in-flight", "99999999"});
        BOOST_TEST(limit.error.starts_with("katydid subscriptions create: --in-flight "),
                   limit.error);
        const auto since = person.run({"events", "list", "--since", "yesterday"});
        BOOST_TEST(since.error.starts_with("katydid events list: --since takes "), since.error);
        BOOST_TEST(person.run({"events", "list", "--since", "1h"}).exit_code == 0);
    });
    const auto option = test::run_katydid({"events", "list", "--limt", "5"});
    BOOST_TEST(option.error
               == "katydid events list: there is no option --limt; did you mean --limit?\n");
    const auto command = test::run_katydid({"subscription", "list"});
    BOOST_TEST(command.error
               == "katydid: there is no command \"subscription\"; did you mean subscriptions?\n");
    const auto value = test::run_katydid({"events", "list", "--limit", "many"});
    BOOST_TEST(value.error.starts_with("katydid events list: "), value.error);
    const auto word = test::run_katydid({"events", "show", "a", "b"});
    BOOST_TEST(word.error == "katydid events show: b is one argument too many\n");
    BOOST_TEST(test::run_katydid({"help", "events", "list"}).out.find("--since")
               != std::string::npos);
    BOOST_TEST(test::run_katydid({"help", "evnts"}).exit_code == 2);
    // Regression: "katydid: …" and the status of a hub that is away.
    const auto file = test::run_katydid(
        {"stats", "--url", "https://a.example", "--ca-file", "/no"});
    BOOST_TEST(file.exit_code == 2);
    BOOST_TEST(file.error.starts_with("katydid stats: cannot use the CA /no: "), file.error);
    const auto group = test::run_katydid({"events"});
    BOOST_TEST(group.error.find("Usage: katydid events ") != std::string::npos, group.error);
}

// Goal: what `subscriptions show --json` prints, `create --from -` takes.
BOOST_AUTO_TEST_CASE(subscriptions_round_trip)
{
    with_operator([](const Operator& person) {
        person.json({"subscriptions", "create", "one", "--types", "a.*", "--to",
                     "http://127.0.0.1:9/hook", "--in-flight", "3", "--per-second", "2.5"});
        const auto shown = person.run({"subscriptions", "show", "one", "--json"}).out;
        BOOST_TEST((shown.find("\"per_second\":2.5,") != std::string::npos), shown);
        const auto two = person.json({"subscriptions", "create", "two", "--from", "-"}, shown);
        BOOST_TEST(two.at("limits") == boost::json::parse(shown).at("limits"));
        BOOST_TEST(two.at("handler") == boost::json::parse(shown).at("handler"));
        person.json({"subscriptions", "update", "two", "--filter", R"({"payload":{"a":1}})"});
        const auto cleared = person.json({"subscriptions", "update", "two", "--from", "-"},
                                         R"({"filter":null})");
        const auto* filter = cleared.as_object().if_contains("filter");
        BOOST_TEST((filter == nullptr || filter->is_null()));
    });
}

// Goal: a provider that makes its secrets itself is not given one of the hub's that verifies
// nothing; the URL to paste is said.
BOOST_AUTO_TEST_CASE(secrets_of_providers_are_asked_for)
{
    with_operator([](const Operator& person) {
        const auto refused = person.run({"sources", "create", "shop", "--scheme", "shopify"});
        BOOST_TEST(refused.exit_code == 2);
        BOOST_TEST((refused.error.find("/api/webhooks/shop") != std::string::npos), refused.error);
        const auto made = person.run({"sources", "create", "github", "--scheme", "github"});
        BOOST_TEST(made.exit_code == 0, made.error);
        BOOST_TEST((made.error.find(person.url() + "/api/webhooks/github") != std::string::npos),
                   made.error);
    });
}

// Goal: who gives a schema hears that nothing is checked while the tenant's mode is off.
BOOST_AUTO_TEST_CASE(schema_mode_off_is_said)
{
    with_operator([](const Operator& person) {
        const auto schema = person.file("s.json", R"({"type": "object"})").string();
        const auto off = person.run({"event-types", "create", "a.b", "--schema", schema});
        BOOST_TEST((off.error.find("--schema-mode reject") != std::string::npos), off.error);
        person.json({"tenants", "update", "default", "--schema-mode", "reject"});
        const auto on = person.run({"event-types", "create", "a.c", "--schema", schema});
        BOOST_TEST(on.error.empty(), on.error);
    });
}

BOOST_AUTO_TEST_SUITE_END()
