#include "hub/http/server/router.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace katydid;
using namespace katydid::http;

namespace {

Route route(std::string method, std::string pattern)
{
    Route made;
    made.method = std::move(method);
    made.pattern = std::move(pattern);
    made.handle = [](Request&) -> awaitable<Response> { co_return Response{}; };
    return made;
}

Router sample()
{
    Router router;
    for (const auto* pattern : {"/", "/v1/events", "/v1/events/{id}", "/v1/events/{id}/payload",
                                "/v1/{kind}/special", "/files/{rest*}"})
        router.add(route("GET", pattern));
    router.add(route("POST", "/v1/events"));
    router.add(route("HEAD", "/v1/events/{id}/payload"));
    router.add(route("DELETE", "/v1/events/special"));
    return router;
}

std::string describe_match(const Router::Match& match)
{
    if (match.route == nullptr)
        return std::to_string(match.status) + (match.allow.empty() ? "" : " " + match.allow);
    std::string text = match.route->method + " " + match.route->pattern;
    for (const auto& [name, value] : match.parameters) text += " " + name + "=" + value;
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_router)

// Goal: every path finds its route, its parameters, or the right refusal.
BOOST_AUTO_TEST_CASE(paths)
{
    struct Row {
        const char* method;
        const char* path;
        const char* expected;
    };
    const auto router = sample();
    for (const auto& row : {
             Row{"GET", "/", "GET /"},
             Row{"GET", "/v1/events", "GET /v1/events"},
             Row{"POST", "/v1/events", "POST /v1/events"},
             Row{"HEAD", "/v1/events", "GET /v1/events"},
             Row{"HEAD", "/v1/events/a/payload", "HEAD /v1/events/{id}/payload id=a"},
             Row{"GET", "/v1/events/evt_1", "GET /v1/events/{id} id=evt_1"},
             Row{"GET", "/v1/events/a%20b%2Fc", "GET /v1/events/{id} id=a b/c"},
             Row{"GET", "/v1/events/a+b", "GET /v1/events/{id} id=a+b"},
             Row{"GET", "/v1/events/special", "GET /v1/events/{id} id=special"},
             Row{"DELETE", "/v1/events/special", "DELETE /v1/events/special"},
             Row{"GET", "/v1/x/special", "GET /v1/{kind}/special kind=x"},
             Row{"GET", "/files/a/b/c", "GET /files/{rest*} rest=a/b/c"},
             Row{"GET", "/files/", "GET /files/{rest*} rest="},
             Row{"PUT", "/v1/events", "405 GET, HEAD, POST"},
             Row{"PUT", "/v1/events/special", "405 DELETE, GET, HEAD"},
             Row{"POST", "/files/a", "405 GET, HEAD"},
             Row{"get", "/v1/events", "405 GET, HEAD, POST"},
             Row{"GET", "/files", "404"},
             Row{"GET", "/v1/events/", "404"},
             Row{"GET", "/v1//events", "404"},
             Row{"GET", "//v1/events", "404"},
             Row{"GET", "/v1/events/a/b", "404"},
             Row{"GET", "/V1/events", "404"},
             Row{"GET", "", "404"},
             Row{"GET", "*", "404"},
             Row{"GET", "/v1/events/%", "400"},
             Row{"GET", "/v1/events/%4", "400"},
             Row{"GET", "/v1/events/%zz", "400"},
             Row{"GET", "/v1/events/%00", "400"},
         })
        BOOST_TEST(describe_match(router.match(row.method, row.path)) == row.expected,
                   row.method << " " << row.path << ": "
                              << describe_match(router.match(row.method, row.path)));
}

// Goal: a pattern that cannot work is refused at start, not at the first request.
BOOST_AUTO_TEST_CASE(bad_patterns)
{
    for (const auto* pattern :
         {"", "v1", "/{", "/{}", "/a{b}", "/{a}b", "/{a*}/b", "/{a}/{a}", "/{*}", "/{a{b}}"}) {
        Router router;
        BOOST_CHECK_THROW(router.add(route("GET", pattern)), std::invalid_argument);
    }
    auto router = sample();
    BOOST_CHECK_THROW(router.add(route("GET", "/v1/events")), std::invalid_argument);
    BOOST_CHECK_THROW(router.add(route("GET", "/v1/events/{other}")), std::invalid_argument);
    BOOST_CHECK_THROW(router.add(route("", "/x")), std::invalid_argument);
}

// Goal: errors look as the longest prefix wants them, and a prefix ends at a slash.
BOOST_AUTO_TEST_CASE(error_bodies)
{
    Router router;
    router.set_error_body("/api", [](unsigned status, std::string_view) {
        return Response::plain_error(status, "short");
    });
    router.set_error_body("/api/webhooks", [](unsigned status, std::string_view) {
        return Response::plain_error(status, "long");
    });
    BOOST_TEST(router.error("/api/x", 404, "d").body == R"({"error":"short"})");
    BOOST_TEST(router.error("/api/webhooks/a", 404, "d").body == R"({"error":"long"})");
    BOOST_TEST(router.error("/api/webhooks", 404, "d").body == R"({"error":"long"})");
    BOOST_TEST(router.error("/api/webhooksX", 404, "d").body == R"({"error":"short"})");
    const auto problem = router.error("/apix", 404, "a \"detail\"");
    BOOST_TEST(std::string_view{problem.content_type} == "application/problem+json");
    BOOST_TEST(problem.body
               == R"({"type":"about:blank","title":"Not Found","status":404,)"
                  R"("detail":"a \"detail\""})");
}

// Goal: query parameters are decoded as forms write them.
BOOST_AUTO_TEST_CASE(query_parameters)
{
    Request request;
    request.query = "a=1&b=x+y%26z&b=2&flag&=empty&bad=%zz&%63=3";
    BOOST_TEST(request.query_parameter("a").value() == "1");
    BOOST_TEST(request.query_parameter("b").value() == "x y&z");
    BOOST_TEST(request.query_parameter("flag").value() == "");
    BOOST_TEST(request.query_parameter("c").value() == "3");
    BOOST_TEST(!request.query_parameter("bad").has_value());
    BOOST_TEST(!request.query_parameter("missing").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
