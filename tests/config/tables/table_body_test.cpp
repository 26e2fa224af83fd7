// [[sources]] and [[subscriptions]] take what the API takes, by the same schema.
#include "hub/config/load.hpp"
#include "hub/core/subscription/fixed_subscription.hpp"
#include "hub/core/subscription/subscription_json.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
using namespace katydid::config;

namespace {

struct Fixture {
    Loaded load_text(const std::string& text, Environment environment = {{"S", "swordfish"}})
    {
        const auto path = (folder.path() / "katydid.toml").string();
        std::ofstream{path} << text;
        return load_all({path, std::move(environment), {}});
    }

    std::string mistake_of(const std::string& line)
    {
        const auto loaded = load_text(start + line + "\n");
        BOOST_TEST_REQUIRE(loaded.mistakes.size() == 1U, line);
        const auto& mistake = loaded.mistakes.front();
        return mistake.substr(mistake.find(".toml:") + 6);
    }

    const std::string start = "[[subscriptions]]\nname = \"a\"\nurl = \"https://a.example/\"\n"
                              "event_types = [\"*\"]\nsecret_env = \"S\"\n";
    test::TemporaryFolder folder;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(config_table_body, Fixture)

// Goal: every field that the API takes is a key of the table.
BOOST_AUTO_TEST_CASE(whole_subscription)
{
    const auto loaded = load_text(start + R"(sources = ["stripe"]
dialect = "cloudevents"
in_flight = 3
per_second = 2.5
burst = 4
adaptive = true
payload_bytes = 1000
ordering = "key"
order_key = "/id"
delays = ["5s", "5m"]
age_max = "3d"
statuses = { "404" = "full", "5xx" = "few" }
timeout = "9s"
connect_timeout = "1s"
first_byte_timeout = "2s"
status = "paused"
filter = { payload = { total = { "$gte" = 5 } } }
headers = { X-Team = "blue" }
transform = { language = "jq", code = "{payload: 1}", timeout = "20ms" }
)");
    BOOST_TEST(loaded.mistakes.empty());
    BOOST_TEST_REQUIRE(loaded.settings.subscriptions.size() == 1U);
    auto object = to_json(loaded.settings.subscriptions.front()->subscription);
    for (const auto* name : {"id", "created_at", "updated_at"}) object.erase(name);
    BOOST_TEST(object == boost::json::parse(R"({
        "name": "a", "status": "paused", "sources": ["stripe"], "event_types": ["*"],
        "filter": {"payload": {"total": {"$gte": 5}}},
        "transform": {"language": "jq", "code": "{payload: 1}", "timeout": "20ms"},
        "handler": {"kind": "endpoint", "url": "https://a.example/",
                    "headers": {"X-Team": "blue"}},
        "dialect": "cloudevents",
        "limits": {"in_flight": 3, "per_second": 2.5, "burst": 4, "adaptive": true,
                   "payload_bytes": 1000, "ordering": "key", "order_key": "/id"},
        "retry": {"delays": ["5s", "5m"], "age_max": "3d",
                  "statuses": {"404": "full", "500-599": "few"}},
        "signature": null, "timeout": "9s", "connect_timeout": "1s", "first_byte_timeout": "2s",
        "read_only": true})"));
}

// Goal: what does not fit is said as the API says it, at the line of its key.
BOOST_AUTO_TEST_CASE(mistakes)
{
    BOOST_TEST(mistake_of("burst = -1") == "6: \"burst\" must be a whole number from 0 to 100000");
    BOOST_TEST(mistake_of("ordering = \"id\"") == "6: \"ordering\" must be \"none\" or \"key\"");
    BOOST_TEST(mistake_of("colour = 1") == "6: there is no key \"colour\" in this table");
    for (const auto* value : {"per_second = nan", "per_second = inf", "identity = 2026-01-01",
                              "filter = { payload = { a = nan } }"})
        BOOST_TEST((mistake_of(value).find("dates, nan and inf") != std::string::npos), value);
    BOOST_TEST(mistake_of("limits = { brust = 1 }")
               == "6: there is no key \"brust\" in this table");
    BOOST_TEST(mistake_of("limits = { in_flight = 0 }").starts_with("6: \"in_flight\" must be"));
    BOOST_TEST(mistake_of("timeout = \"3m\"") == "6: \"timeout\" must be from \"1ms\" to \"2m\"");
    BOOST_TEST(mistake_of("filter = { payload = { a = { \"$like\" = 1 } } }")
                   .starts_with("6: \"filter/payload/a/$like\""));
    BOOST_TEST(mistake_of("headers = { Host = \"x\" }").starts_with("6: \"headers\": \"Host\""));
}

// Goal: headers that are credentials come by reference, and only so.
BOOST_AUTO_TEST_CASE(headers_by_reference)
{
    const Environment environment{{"S", "swordfish"}, {"H", "Authorization: Bearer t\nX-A: 1\n"}};
    const auto loaded = load_text(start + "headers_env = \"H\"\n", environment);
    BOOST_TEST(loaded.mistakes.empty());
    const auto& headers = loaded.settings.subscriptions.at(0)->subscription.handler.headers;
    BOOST_TEST_REQUIRE(headers.size() == 2U);
    BOOST_TEST(headers[0].value == "Bearer t");
    const auto both = load_text(start + "headers_env = \"H\"\nheaders = { X-A = \"1\" }\n",
                                environment);
    BOOST_TEST_REQUIRE(both.mistakes.size() == 1U);
    BOOST_TEST(both.mistakes.front().find("by reference only") != std::string::npos);
    const auto none = load_text(start + "headers_env = \"H\"\n", {{"S", "s"}, {"H", "t0ken"}});
    BOOST_TEST_REQUIRE(none.mistakes.size() == 1U);
    BOOST_TEST(none.mistakes.front().find("t0ken") == std::string::npos);
}

// Goal: code may be in a file, whose name says the language, or a preset; both, and what is not
// there, are refused with the line.
BOOST_AUTO_TEST_CASE(code_by_reference)
{
    const auto path = (folder.path() / "a.jq").string();
    std::ofstream{path} << "{payload: 2}";
    auto loaded = load_text(start + "transform_file = \"" + path
                            + "\"\ntransform = { timeout = \"20ms\" }\n");
    BOOST_TEST(loaded.mistakes.empty());
    const auto& transform = loaded.settings.subscriptions.at(0)->subscription.transform;
    BOOST_TEST(transform.code == "{payload: 2}");
    BOOST_TEST((transform.language == Language::jq));
    BOOST_TEST(transform.timeout.count() == 20);
    loaded = load_text(start + "transform_preset = \"slack\"\n");
    BOOST_TEST(loaded.mistakes.empty());
    const auto& slack = loaded.settings.subscriptions.at(0)->subscription.transform.code;
    BOOST_TEST(slack.find("function transform") != std::string::npos);
    for (const std::string wrong :
         {"transform_preset = \"fax\"", "transform_file = \"/nonexistent/a.js\"",
          "transform_preset = \"slack\"\ntransform_file = \"a.js\"", "transform = {}",
          "transform = { code = \"1\", timeout = \"2s\" }"}) {
        loaded = load_text(start + wrong + "\n");
        BOOST_TEST(loaded.mistakes.size() == 1U, wrong);
    }
}

BOOST_AUTO_TEST_SUITE_END()
