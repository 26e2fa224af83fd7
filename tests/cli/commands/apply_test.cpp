// `katydid apply` and `katydid export` against a hub.
#include <katydid/hub.hpp>

#include "tests/cli/commands/operator.hpp"

#include <cstdlib>

using namespace katydid;
using test::Operator;
using test::with_operator;

namespace {

constexpr const char* whole = R"([[tenants]]
name = "acme"
retention = { delivered = "7d" }
in_flight = 9
schema_mode = "reject"
branding = { accent = "#0a7d55", logo = "data:image/png;base64,AAAA" }

[[tenants.event_types]]
name = "order.created"
description = "An order \"was\" made"
schema = '''{"type": "object", "properties": {"n": {"enum": [null, 1.5]}}}'''

[[tenants.subscriptions]]
name = "shop"
event_types = ["order.*"]
url = "http://127.0.0.1:9/shop"

[[event_types]]
name = "invoice.paid"

[schemes.mine]
title = "Mine"
algorithm = "hmac-sha256"
signature = { from = "header:X-Signature", prefix = "sha256=" }
message = "{body}"
handshake = [{ when = ["json:/challenge"], body = "{json:/challenge}" }]

[schemes.like-stripe]
extends = "stripe"
signature = { from = "header:X-Stripe" }

[[sources]]
name = "mine"
schemes = ["mine"]
secret_env = "APPLY_TEST_SECRET"
tolerance = "10m"
repeats = "refuse"

[[sources]]
name = "github"
schemes = ["github"]
split = true
gzip = true

[[subscriptions]]
name = "billing"
sources = ["mine"]
event_types = ["invoice.*", "credit.paid"]
url = "http://127.0.0.1:9/billing"
dialect = "raw"
signature = "github"
secret_env = "APPLY_TEST_SECRET"
in_flight = 4
per_second = 2.5
burst = 5
adaptive = true
ordering = "key"
order_key = "/id"
delays = ["5s", "300s"]
age_max = "2d"
statuses = { 404 = "dead", "500-504" = "slow" }
timeout = "20s"
connect_timeout = "2s"
first_byte_timeout = "10s"
headers = { X-Team = "blue" }
transform = { code = """
function transform({payload}) {
  return {payload: {text: `${payload.id}\\n`}};
}
""", timeout = "200ms" }
filter = { payload = { total = { "$gte" = 100 } } }

[[subscriptions]]
name = "connected"
event_types = ["a.*"]
kind = "stream"

[[subscriptions]]
name = "paused"
event_types = ["*"]
url = "http://127.0.0.1:9/paused"
status = "paused"
)";

bool has(const test::Captured& ran, std::string_view part)
{
    return (ran.out + ran.error).find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_apply)

// Goal: a document is shown, applied once, and then there is nothing to change; what is exported of
// a hub with everything in it changes nothing, and makes another hub the same.
BOOST_AUTO_TEST_CASE(round_trip)
{
    ::setenv("APPLY_TEST_SECRET", "swordfish-swordfish", 1);
    std::string exported;
    with_operator([&](const Operator& person) {
        const auto file = person.file("hub.toml", whole).string();
        const auto shown = person.run({"apply", file, "--dry-run"});
        BOOST_TEST(shown.exit_code == 0, shown.error);
        BOOST_TEST(has(shown, "+ subscription \"shop\" of acme"), shown.out);
        BOOST_TEST(has(shown, "11 to create, 0 to change, 0 to delete."), shown.out);
        BOOST_TEST(person.run({"apply", file}).exit_code == 2);
        const auto made = person.run({"apply", file, "--yes"});
        BOOST_REQUIRE_MESSAGE(made.exit_code == 0, made.error);
        BOOST_TEST(has(made, "The secret of the source \"github\", shown this once: "), made.out);
        for (const auto* again : {"--dry-run", "--yes"}) {
            const auto ran = person.run({"apply", file, again, "--prune"});
            BOOST_TEST(ran.exit_code == 0, ran.error);
            BOOST_TEST(ran.out == "There is nothing to change.\n");
        }
        exported = person.run({"export"}).out;
        BOOST_TEST((exported.find("swordfish") == std::string::npos));
        BOOST_TEST((exported.find("blue") == std::string::npos));
        const auto back = person.run({"apply", "-", "--dry-run", "--prune"}, exported);
        BOOST_TEST(back.exit_code == 0, back.error << exported);
        BOOST_TEST(back.out == "There is nothing to change.\n", exported);
    });
    with_operator([&](const Operator& person) {
        const auto hidden = exported.find("\"(hidden)\"");
        BOOST_REQUIRE(hidden != std::string::npos);
        auto text = exported;
        const auto refused = person.run({"apply", "-", "--yes"}, text);
        BOOST_TEST(refused.exit_code == 2);
        BOOST_TEST(has(refused, "give the value of the header \"X-Team\""), refused.error);
        text.replace(hidden, 10, "\"blue\"");
        const auto made = person.run({"apply", "-", "--yes"}, text);
        BOOST_REQUIRE_MESSAGE(made.exit_code == 0, made.error);
        BOOST_TEST(person.run({"export"}).out == exported);
    });
}

// Goal: a member that changes is shown with old and new, and nothing else is touched.
BOOST_AUTO_TEST_CASE(change_and_prune)
{
    with_operator([](const Operator& person) {
        const std::string one = "[[subscriptions]]\nname = \"one\"\nevent_types = [\"a\"]\n"
                                "url = \"http://127.0.0.1:9/\"\n";
        const std::string two = "[[subscriptions]]\nname = \"two\"\nevent_types = [\"b\"]\n"
                                "url = \"http://127.0.0.1:9/\"\n";
        BOOST_TEST(person.run({"apply", "-", "--yes"}, one + two).exit_code == 0);
        const auto id = test::text(person.json({"subscriptions", "show", "one"}), "id");
        const auto changed = person.run({"apply", "-", "--yes"}, one + "in_flight = 3\n");
        BOOST_TEST(has(changed, "limits.in_flight: 16 → 3\n"), changed.out);
        BOOST_TEST(has(changed, "0 to create, 1 to change, 0 to delete."), changed.out);
        BOOST_TEST(test::text(person.json({"subscriptions", "show", "one"}), "id") == id);
        BOOST_TEST(person.run({"subscriptions", "show", "two"}).exit_code == 0);
        const auto pruned = person.run({"apply", "-", "--yes", "--prune"}, one);
        BOOST_TEST(has(pruned, "- subscription \"two\"\n"), pruned.out);
        BOOST_TEST(person.run({"subscriptions", "show", "two"}).exit_code == 1);
    });
}

// Goal: what the API takes as a whole is changed and taken away member by member in the document.
// Regression: an exported transform could not be applied, and neither a transform nor the branding
// of a tenant could be taken away.
BOOST_AUTO_TEST_CASE(transforms_and_branding)
{
    with_operator([](const Operator& person) {
        const std::string url = "\nurl = \"http://127.0.0.1:9/\"";
        const auto apply = [&](const std::string& branding, const std::string& subscription) {
            const auto ran = person.run(
                {"apply", "-", "--yes"},
                "[[tenants]]\nname = \"acme\"\n" + branding
                    + "\n[[subscriptions]]\nname = \"s\"\nevent_types = [\"a\"]\n" + subscription);
            BOOST_TEST(ran.exit_code == 0, ran.error);
            return ran;
        };
        apply(R"(branding = { accent = "#0a7d55", logo = "data:image/png;base64,AAAA" })",
              R"(transform_preset = "slack")" + url);
        const auto code = person.file("t.jq", "{payload: .event.id}").string();
        const auto changed = apply(R"(accent = "#0a7d56")",
                                   "transform_file = \"" + code + "\"" + url);
        BOOST_TEST(has(changed, "branding.accent: \"#0a7d55\" → \"#0a7d56\"\n"), changed.out);
        BOOST_TEST(has(changed, "branding.logo: \"data:image/png;base64,AAAA\" → (none)\n"),
                   changed.out);
        BOOST_TEST(has(changed, "transform.language: \"javascript\" → \"jq\"\n"), changed.out);
        // Regression: headers of a subscription that was there were sent as "(hidden)".
        apply("", "headers = { X-Key = \"one\" }" + url);
        apply("", "headers = { X-Key = \"(hidden)\", X-Team = \"blue\" }" + url);
        const auto row = person.json({"subscriptions", "show", "s"});
        BOOST_TEST(row.at("handler").at("headers").as_object().size() == 2);
        const auto kept = apply("", "transform_file = \"" + code + "\"" + url);
        BOOST_TEST(!has(kept, "headers"), kept.out);
        const auto gone = apply("", url);
        BOOST_TEST(has(gone, "transform.code: \"{payload: .event.id}\" → (none)\n"), gone.out);
        // Regression: an endpoint could not become a stream.
        apply("", "kind = \"stream\"");
        apply("", url);
        BOOST_TEST(has(apply("", url), "There is nothing to change.\n"));
    });
}

// Goal: every mistake at once before anything is changed, with its line.
BOOST_AUTO_TEST_CASE(mistakes_first)
{
    with_operator([](const Operator& person) {
        const auto ran = person.run({"apply", "-", "--yes"}, R"([[event_types]]
name = "fine"

[[sources]]
name = "stripe"
schemes = ["stripe"]

[[sources]]
name = "nowhere"
schemes = ["no-such-scheme"]
secret_env = "NO_SUCH_VARIABLE"
)");
        BOOST_TEST(ran.exit_code == 2);
        BOOST_TEST(has(ran, "katydid apply: standard input:4: stripe shows you the secret"),
                   ran.error);
        BOOST_TEST(has(ran, "standard input:8: there is no scheme \"no-such-scheme\""), ran.error);
        BOOST_TEST(has(ran, "standard input:11: the variable NO_SUCH_VARIABLE is not set"),
                   ran.error);
        BOOST_TEST(person.json({"event-types", "list"}).as_array().empty());
    });
}

// Goal: a failure in the middle says what was done, and the next run does the rest.
BOOST_AUTO_TEST_CASE(failure_in_the_middle)
{
    with_operator([](const Operator& person) {
        const std::string good = "[[event_types]]\nname = \"fine\"\n\n[[subscriptions]]\nname = "
                                 "\"s\"\nevent_types = [\"fine\"]\n";
        const auto ran = person.run({"apply", "-", "--yes"}, good + "url = \"http://10.0.0.1/\"\n");
        BOOST_TEST(ran.exit_code == 2);
        BOOST_TEST(has(ran, "subscription \"s\": "), ran.error);
        BOOST_TEST(has(ran, "1 of 2 changes were made, 1 were not."), ran.error);
        const auto rest = person.run({"apply", "-", "--yes"},
                                     good + "url = \"http://127.0.0.1:9/\"\n");
        BOOST_TEST(has(rest, "1 to create, 0 to change"), rest.out);
        BOOST_TEST(rest.exit_code == 0, rest.error);
    });
}

// Goal: a tenant's own key exports and applies what is the tenant's; tenants need an operator.
BOOST_AUTO_TEST_CASE(as_a_tenant)
{
    with_operator([](const Operator& person) {
        person.json({"tenants", "create", "blue"});
        const auto id = test::text(person.json({"tenants", "show", "blue"}), "id");
        const auto key = test::text(
            person.json({"keys", "create", "k", "--scope", "admin", "--tenant", id}), "key");
        const auto key_file = person.file("blue.key", key).string();
        const auto run = [&](std::vector<std::string> arguments, const std::string& in) {
            for (const auto& more :
                 {std::string{"--url"}, person.url(), std::string{"--key-file"}, key_file})
                arguments.push_back(more);
            return test::run_katydid(std::move(arguments), in);
        };
        const auto made = run({"apply", "-", "--yes"}, "[[event_types]]\nname = \"a\"\n");
        BOOST_TEST(made.exit_code == 0, made.error);
        const auto exported = run({"export"}, "").out;
        BOOST_TEST((exported.find("[[event_types]]\nname = \"a\"") != std::string::npos), exported);
        BOOST_TEST((exported.find("tenants") == std::string::npos), exported);
        BOOST_TEST(person.json({"event-types", "list"}).as_array().empty());
        const auto refused = run({"apply", "-", "--yes"}, "[[tenants]]\nname = \"x\"\n");
        BOOST_TEST(refused.exit_code == 2);
        BOOST_TEST(has(refused, "lacks the scope tenants:write"), refused.error);
    });
}

BOOST_AUTO_TEST_SUITE_END()
