// Whose data a webhook holds, as its signature scheme says.
#include "tests/bridge/bridge_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;
namespace json = boost::json;

namespace {

/// A provider that proves itself by a token and names the person in the body.
constexpr const char* scheme = R"({"name":"box-office","toml":")"
                               R"(algorithm = \"token\"\n)"
                               R"(signature = { from = \"header:X-Token\", encoding = \"text\" }\n)"
                               R"(type = \"json:/type\"\nid = \"json:/id\"\n)"
                               R"(subject = [\"header:X-ApiClient\", \"json:/buyer/id\"]\n"})";
const std::string token = "the-token-of-the-box-office-0001";

WireRequest sold(const std::string& id, const std::string& buyer, Headers more = {})
{
    more.push_back({"Content-Type", "application/json"});
    more.push_back({"X-Token", token});
    return {"POST", "/api/webhooks/box-office", std::move(more),
            R"({"type":"ticket.sold","id":")" + id + R"(","buyer":{"id":")" + buyer + "\"}}"};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_subjects)

// Goal: a scheme extracts the subject as it extracts the type, from a header or the body; erasure
// by that subject takes what was stored. What is too long for a subject is none.
BOOST_AUTO_TEST_CASE(schemes_name_the_subject)
{
    BridgeFixture stage;
    const auto made = stage.hub.manage("POST", "/v1/schemes", scheme);
    BOOST_TEST_REQUIRE(made.status == 201U, made.body);
    const auto source = stage.hub.manage(
        "POST", "/v1/sources",
        R"({"name":"box-office","schemes":["box-office"],"secret":")" + token + "\"}");
    BOOST_TEST_REQUIRE(source.status == 201U, source.body);
    BOOST_TEST(stage.hub.get("/v1/schemes/box-office").at("toml").as_string().find("subject")
               != json::string_view::npos);
    BOOST_TEST(exchange(stage.hub.port(), sold("1", "cus_1")).status == 200U);
    BOOST_TEST(exchange(stage.hub.port(), sold("2", "cus_1", {{"X-ApiClient", "cus_2"}})).status
               == 200U);
    BOOST_TEST(exchange(stage.hub.port(), sold("3", std::string(300, 'x'))).status == 200U);
    BOOST_TEST(stage.hub.list("/v1/events?subject=cus_1").size() == 1U);
    BOOST_TEST(stage.hub.list("/v1/events?subject=cus_2").size() == 1U);
    BOOST_TEST(stage.hub.list("/v1/events?source=box-office").size() == 3U);

    BOOST_TEST(stage.hub.manage("POST", "/v1/subjects/cus_1/erase").status == 200U);
    BOOST_TEST(stage.hub.list("/v1/events?subject=cus_1").empty());
    BOOST_TEST(stage.hub.list("/v1/events?subject=cus_2").size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
