// What is pure in the API's strictness: query parameters, ETags, audit details.
#include "hub/api/access/access.hpp"
#include "hub/api/openapi/document.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/precondition.hpp"
#include "hub/api/protocol/request_check.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::api;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(api_strictness)

// Goal: a query says only what is described, once, in proper text.
BOOST_AUTO_TEST_CASE(query_parameters)
{
    Operation operation;
    operation.parameters = {limit_parameter(), text_parameter("a b", "")};
    const auto check = [&](std::string query) {
        http::Request request;
        request.query = std::move(query);
        const auto response = check_request(request, operation);
        return response ? json::parse(response->body).at_pointer("/errors/0/pointer").as_string()
                        : json::string{};
    };
    BOOST_TEST(check("") == "");
    BOOST_TEST(check("limit=1&a%20b=%C3%A4&") == "");
    BOOST_TEST(check("Limit=1") == "?Limit");
    BOOST_TEST(check("limit=1&limit=1") == "?limit");
    BOOST_TEST(check("a+b=%ff") == "?a b");
    BOOST_TEST(check("limit=%zz") == "?limit");
}

// Goal: a body only where one is described, and in its media type.
BOOST_AUTO_TEST_CASE(bodies)
{
    Operation operation;
    http::Request request;
    request.body = " {} ";
    BOOST_TEST(!check_request(request, operation).has_value());
    request.body = R"({"a":1})";
    BOOST_TEST(check_request(request, operation)->status == 422U);
    operation.bodies = json_body("X");
    BOOST_TEST(!check_request(request, operation).has_value());
    request.headers = {{"Content-Type", "Application/JSON ; charset=utf-8"}};
    BOOST_TEST(!check_request(request, operation).has_value());
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};  // curl -d
    BOOST_TEST(!check_request(request, operation).has_value());
    request.headers = {{"Content-Type", "text/plain"}};
    BOOST_TEST(check_request(request, operation)->status == 415U);
}

// Goal: If-Match fits by strong comparison, in lists, and "*" always.
BOOST_AUTO_TEST_CASE(if_match)
{
    const auto passes = [](std::string value) {
        http::Request request;
        request.headers = {{"If-Match", std::move(value)}};
        return !check_if_match(request, 7).has_value();
    };
    BOOST_TEST(passes("\"7\""));
    BOOST_TEST(passes("\"1\" , \"7\""));
    BOOST_TEST(passes("*"));
    BOOST_TEST(!passes("\"8\""));
    BOOST_TEST(!passes("W/\"7\""));
    BOOST_TEST(!passes("7"));
    BOOST_TEST(!passes(""));
    BOOST_TEST(!check_if_match(http::Request{}, 7).has_value());
}

// Goal: an audit detail has what differs, and no secret.
BOOST_AUTO_TEST_CASE(change_details)
{
    const json::object before{{"a", 1}, {"b", 2}, {"headers", json::object{{"X", "old"}}}};
    const json::object after{{"a", 1}, {"b", 3}, {"headers", json::object{{"X", "new"}}}};
    constexpr std::string_view changed
        = R"x({"before":{"b":2,"headers":"(hidden)"},"after":{"b":3,"headers":"(hidden)"}})x";
    BOOST_TEST(describe_change(before, after) == changed);
    const json::object made{{"secret", "s"}, {"n", json::object{{"key", 1}}}};
    BOOST_TEST(describe_change({}, made)
               == R"x({"after":{"secret":"(hidden)","n":{"key":"(hidden)"}}})x");
    BOOST_TEST(describe_change(json::object{{"a", 1}}, {}) == R"x({"before":{"a":1}})x");
}

// Goal: of a URL the audit log says where it leads: path and query are often the receiver's secret.
BOOST_AUTO_TEST_CASE(urls_in_change_details)
{
    const auto told = [](const char* url) {
        const json::object made{{"handler", json::object{{"url", url}}}};
        return describe_change({}, made);
    };
    const auto as = [](const std::string& url) {
        return R"({"after":{"handler":{"url":")" + url + R"("}}})";
    };
    BOOST_TEST(told("https://hooks.example/T1/hush") == as("https://hooks.example/(hidden)"));
    BOOST_TEST(told("https://hooks.example/?token=hush") == as("https://hooks.example/(hidden)"));
    BOOST_TEST(told("https://hooks.example:8443") == as("https://hooks.example:8443/"));
    BOOST_TEST(told("https://user:hush@hooks.example/") == as("(hidden)"));
    const json::object source{{"public_url", "https://hub.example/x?code=hush"}};
    BOOST_TEST(describe_change(source, {})
               == R"x({"before":{"public_url":"https://hub.example/(hidden)"}})x");
}

// Goal: a schema that is not there is found at start; the document has those that it refers to.
BOOST_AUTO_TEST_CASE(documents_are_whole)
{
    Document unknown;
    unknown.add_operation("GET", "/x", "s", {"getX", "X", {{200, "Missing", "x"}}});
    BOOST_CHECK_THROW(unknown.close(), std::invalid_argument);
    Document small;
    small.add_operation("GET", "/x", "s", {"getX", "X", {{200, "SourcePage", "x"}}});
    small.close();
    const auto schemas = json::parse(small.text()).at_pointer("/components/schemas").as_object();
    BOOST_TEST(schemas.contains("Source"));
    BOOST_TEST(schemas.contains("RingKey"));
    BOOST_TEST(!schemas.contains("Subscription"));
}

// Goal: the first use of a key is written, and then one in five minutes.
BOOST_AUTO_TEST_CASE(key_use)
{
    KeyUse uses;
    IdBytes bytes{};
    bytes[3] = 1;
    const KeyId key{bytes};
    const Timestamp start{};
    BOOST_TEST(uses.note(key, start));
    BOOST_TEST(!uses.note(key, start + KeyUse::write_interval - milliseconds{1}));
    BOOST_TEST(uses.note(KeyId{}, start));
    BOOST_TEST(uses.note(key, start + KeyUse::write_interval));
}

BOOST_AUTO_TEST_SUITE_END()
