#include "hub/input/body.hpp"

#include "hub/input/schemas.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::input;
namespace json = boost::json;

namespace {

struct Row {
    std::string schema;
    std::string body;
    std::string pointer;
    std::string detail;  ///< how it begins
};

const std::vector<Row> rows{
    {"NewSubscription", R"({"event_types":["*"],"handler":{"url":"https://a.example/"}})", "/name",
     "is missing: name the subscription"},
    {"NewSubscription", R"({"name":"a","event_types":["*"]})", "/handler",
     R"(is missing: give {"kind": "endpoint", "url": "https://…"})"},
    {"ChangedSubscription", R"({"limits":{"in_flight":0}})", "/limits/in_flight",
     "must be a whole number from 1 to 10000"},
    {"ChangedSubscription", R"({"limits":{"in_flight":"7"}})", "/limits/in_flight",
     "must be a whole number from 1 to 10000"},
    {"ChangedSubscription", R"({"limits":{"per_second":-1}})", "/limits/per_second",
     "must be a number from 0 to 100000"},
    {"ChangedSubscription", R"({"limits":{"adaptive":1}})", "/limits/adaptive",
     "must be true or false"},
    {"ChangedSubscription", R"({"limits":{"order_key":"id"}})", "/limits/order_key",
     "must be a JSON pointer such as \"/payload/id\""},
    {"ChangedSubscription", R"({"dialect":"soap"})", "/dialect",
     R"(must be "standard", "raw", "cloudevents", "atlvs" or "grasshopper")"},
    {"ChangedSubscription", R"({"timeout":5})", "/timeout",
     R"(must be a duration such as "500ms", "5s", "5m" or "2h")"},
    {"ChangedSubscription", R"({"retry":{"delays":["soon"]}})", "/retry/delays/0",
     R"(must be a duration such as "500ms")"},
    {"ChangedSubscription", R"({"retry":{"delays":[]}})", "/retry/delays",
     "must be a list of 1 to 50 items or null"},
    {"ChangedSubscription", R"({"retry":{"statuses":{"200":"dead"}}})", "/retry/statuses/200",
     "is not a status, a class or a range of them from 300 to 599"},
    {"ChangedSubscription", R"({"retry":{"statuses":{"404":"often"}}})", "/retry/statuses/404",
     R"(must be "full", "few", "slow" or "dead")"},
    {"ChangedSubscription", R"({"handler":{"kind":"coroutine"}})", "/handler/kind",
     R"(must be "endpoint" or "stream": coroutine handlers are registered in the program)"},
    {"ChangedSubscription", R"({"handler":{"verb":"GET"}})", "/handler/verb",
     R"(is not a field of this object: it has "headers", "identity", "kind", "url")"},
    {"ChangedSource", R"({"secret":"s"})", "/secret",
     "is changed by POST /v1/sources/{id}/rotate-secret"},
    {"ChangedSource", R"({"tolerance":"soon"})", "/tolerance",
     R"(must be a duration such as "10m")"},
    {"NewSource", R"({"name":"a/b","schemes":["github"]})", "/name",
     "must be 1 to 100 letters, digits, '-', '_' and '.'"},
    {"NewSource", R"({"name":"a","schemes":[]})", "/schemes", "must be a list of 1 to 8 items"},
    {"NewKey", R"({"name":"a","scopes":["nonsense"]})", "/scopes/0",
     R"(must be "events:write", "events:read", )"},
    {"NewKey", R"({"name":"","scopes":["admin"]})", "/name",
     "must be a text of 1 to 100 characters"},
    {"Rotation", R"({"not_before":"soon"})", "/not_before",
     R"(must be a time such as "2026-06-15T18:00:00Z" (RFC 3339))"},
    {"RetryFilter", "{}", "", "name what to try again: states, subscription"},
    {"Privacy", R"({"opt_out":7})", "/opt_out", "must be true, false, or a list"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(api_body)

// Goal: a body that does not fit says where, and what to write, as a person would say it.
BOOST_AUTO_TEST_CASE(sentences)
{
    for (const auto& row : rows) {
        std::vector<Fault> faults;
        BOOST_TEST(!check_schema(row.schema, json::parse(row.body), faults));
        BOOST_TEST_REQUIRE(!faults.empty(), row.schema << row.body);
        BOOST_TEST(faults.front().pointer == row.pointer, row.body << faults.front().pointer);
        BOOST_TEST(faults.front().detail.starts_with(row.detail), faults.front().detail);
    }
}

// Goal: a body that is missing, and a fault of the whole body, are said in sentences.
// Regression: "incomplete JSON", and a detail that began with a colon.
BOOST_AUTO_TEST_CASE(whole_bodies)
{
    http::Response response;
    for (const auto* blank : {"", " \r\n"}) {
        BOOST_TEST(!read_body(blank, "NewKey", response));
        BOOST_TEST(json::parse(response.body).at("detail") == "The body is empty: JSON is needed.");
    }
    BOOST_TEST(!read_body("{}", "RetryFilter", response));
    const auto detail = json::parse(response.body).at("detail").as_string();
    BOOST_TEST(detail.starts_with("name what to try again: "), detail);
}

// Goal: every schema can be enforced; a change needs nothing that a new one needs.
BOOST_AUTO_TEST_CASE(every_schema_is_enforced)
{
    std::size_t changes = 0;
    for (const auto& [name, schema] : schemas()) {
        std::vector<Fault> faults;
        BOOST_CHECK_NO_THROW(check_schema(name, json::object{}, faults));
        if (!name.starts_with("Changed")) continue;
        BOOST_TEST(check_schema(name, json::object{}, faults = {}), std::string{name});
        ++changes;
    }
    BOOST_TEST(changes > 5U);
    std::vector<Fault> faults;
    const json::value without_url{{"handler", json::object{{"headers", json::object{}}}}};
    BOOST_TEST(check_schema("ChangedSubscription", without_url, faults));
    BOOST_CHECK_THROW(check_schema("Nonsense", json::object{}, faults), std::logic_error);
}

// Goal: what is not JSON is a 400, what is JSON but does not fit a 422; depth has an end.
BOOST_AUTO_TEST_CASE(bodies)
{
    for (const auto& [text, status] :
         {std::pair{std::string{"{"}, 400U}, std::pair{std::string{"[]"}, 422U},
          std::pair{std::string{R"({"a":1})"}, 422U}, std::pair{std::string{"{} x"}, 400U},
          std::pair{std::string{R"({"in_flight":1,"in_flight":2})"}, 422U},
          std::pair{"{\"a\":" + std::string(100, '['), 400U}}) {
        http::Response response;
        BOOST_TEST(!read_body(text, "ChangedHubLimits", response).has_value());
        BOOST_TEST(response.status == status);
    }
    http::Response response;
    BOOST_TEST(read_body(R"({"in_flight":1})", "ChangedHubLimits", response).has_value());
}

// Goal: what does not fit is taken off, lists as a whole, and the rest stays as it is.
BOOST_AUTO_TEST_CASE(what_fits)
{
    auto body = json::parse(R"({"name":"a","event_types":["*"],"timeout":5,"colour":1,"a~/b":1,
        "handler":{"url":"https://a.example/","verb":"GET"},"retry":{"delays":["1s","soon"]}})");
    std::vector<Fault> faults;
    BOOST_TEST(!take_what_fits("NewSubscription", body, faults));
    BOOST_TEST(faults.size() == 5U);
    BOOST_TEST(json::serialize(body)
               == R"({"name":"a","event_types":["*"],"retry":{},"handler":)"
                  R"({"url":"https://a.example/"}})");
    faults.clear();
    BOOST_TEST(take_what_fits("NewSubscription", body, faults));
}

BOOST_AUTO_TEST_SUITE_END()
