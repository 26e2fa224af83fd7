#include "hub/api/traffic/publish.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;

namespace {

std::string refusal_of(const std::string& body, const std::string& type = "application/json")
{
    http::Request request;
    request.method = "POST";
    request.headers = {{"Content-Type", type}};
    request.body = body;
    http::Response response;
    if (api::read_published(request, response)) return "accepted";
    BOOST_TEST((response.status >= 400U && response.status < 500U));
    return response.body;
}

std::string nested(std::size_t depth)
{
    return R"({"type":"a.b","data":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(api_publish_input)

// Goal: JSON that the API does not take is refused with the reason, and never as "no JSON".
BOOST_AUTO_TEST_CASE(odd_json_is_told_apart)
{
    const auto says = [](const std::string& body, std::string_view what) {
        for (const auto* type :
             {"application/json", "application/x-ndjson", "application/cloudevents+json"}) {
            const auto refused = refusal_of(body, type);
            BOOST_TEST((refused.find(what) != std::string::npos), refused);
            BOOST_TEST((refused.find("not valid JSON") == std::string::npos), refused);
        }
    };
    says(R"({"type":"a.b","data":"\ud83d"})", "half of a surrogate pair");
    says(R"({"type":"a.b","data":"\ude00"})", "half of a surrogate pair");
    says("\xEF\xBB\xBF{\"type\":\"a.b\",\"data\":1}", "byte order mark");
    says(nested(40), "nests deeper");
    says(nested(160'000), "nests deeper");
    BOOST_TEST((refusal_of("{").find("not valid JSON") != std::string::npos));
    BOOST_TEST((refusal_of("{\"type\":\"a.b\",\"data\":\"\xff\"}").find("not valid JSON")
                != std::string::npos));
    BOOST_TEST(refusal_of(R"({"type":"a.b","data":{"n":18446744073709551617}})") == "accepted");
}

// Goal: a body that is no JSON as a whole is refused as such, though its events are; and what is
// JSON is told which of its events is wrong.
BOOST_AUTO_TEST_CASE(lists_are_judged_as_a_whole)
{
    const std::string event = R"({"type":"a.b","data":1})";
    for (const auto& body : {"[" + event + "] x", "[" + event + "]]", "[" + event + "," + event,
                             "[" + event + " " + event + "]", "[" + event + ",]", "[" + event + "}",
                             "[" + event + ";" + event + "]", "[" + event + "," + event + "x]"}) {
        BOOST_TEST_CONTEXT(body)
        {
            const auto refused = refusal_of(body);
            BOOST_TEST((refused.find("not valid JSON") != std::string::npos), refused);
        }
    }
    BOOST_TEST(refusal_of(" [ " + event + " ,\n" + event + " ] \r\n") == "accepted");
    BOOST_TEST(
        (refusal_of("[" + event + R"(,{"type":"a b"}])").find("/1/type") != std::string::npos));
    BOOST_TEST((refusal_of("[]").find("holds no event") != std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()
