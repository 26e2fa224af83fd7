// Nobody but the bridge makes the hub call a platform under its own key.
#include "tests/bridge/bridge_fixture.hpp"

#include "signing/sign.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;
namespace json = boost::json;

namespace {

constexpr const char* scheme_toml = "algorithm = \"hmac-sha256\"\nmessage = \"{body}\"\n"
                                    "signature = { from = \"header:X-Sig\", encoding = \"hex\" }\n"
                                    "type = \"json:/type\"\nid = \"json:/id\"\n";
constexpr const char* secret = "topsecret";

std::string manage(const BridgeFixture& stage, unsigned status, const std::string& method,
                   const std::string& path, const std::string& body = {})
{
    const auto reply = stage.hub.manage(method, path, body);
    BOOST_TEST(reply.status == status, path + ": " + reply.body);
    return reply.body;
}

std::string member(const std::string& body, const char* name)
{
    return std::string{json::parse(body).at(name).as_string()};
}

/// A webhook of the tenant's own source that looks like a call of the bridge.
std::string send_forged(const BridgeFixture& stage, const std::string& type)
{
    const auto scheme = signing::load_scheme("mine", scheme_toml).value();
    const json::object body{{"type", type}, {"id", type}, {"eventId", "evt_1"}};
    const auto text = json::serialize(body);
    signing::KeyRing ring;
    ring.keys.push_back({KeyId{}, Secret{secret}, {}, {}});
    signing::SignInput input;
    input.body = text;
    auto headers = signing::sign(*scheme, input, ring, system_clock().now()).value();
    headers.push_back({"Content-Type", "application/json"});
    headers.push_back({"katydid-bridge-path", "/admin/users"});
    headers.push_back({"katydid-bridge-id", "../../admin/users"});
    const auto reply = exchange(stage.hub.port(),
                                {"POST", "/api/webhooks/shop", std::move(headers), text});
    BOOST_TEST_REQUIRE(reply.status == 200U, reply.body);
    return member(reply.body, "id");
}

std::string id_of_bridge_subscription(const BridgeFixture& stage)
{
    for (const auto& row : stage.hub.list("/v1/subscriptions"))
        if (row.at("name").as_string() == "bridge-atlvs")
            return std::string{row.at("id").as_string()};
    throw std::runtime_error{"there is no bridge-atlvs"};
}

std::int64_t stands(const BridgeFixture& stage)
{
    return stage.atlvs.writes().at("stands").to_number<std::int64_t>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_forged_calls)

// Goal: an event that a tenant makes to look like a call of the bridge reaches ATLVS by no door:
// neither by its type, its source, its headers, a replay, a retry nor a test.
BOOST_AUTO_TEST_CASE(no_door_leads_to_atlvs)
{
    BridgeFixture stage;
    const auto bridge = id_of_bridge_subscription(stage);
    const json::object described{{"name", "mine"}, {"toml", scheme_toml}};
    manage(stage, 201, "POST", "/v1/schemes", json::serialize(described));
    manage(stage, 422, "POST", "/v1/sources", R"({"name":"bridge","schemes":["mine"]})");
    manage(stage, 201, "POST", "/v1/sources",
           R"({"name":"shop","schemes":["mine"],"secret":"topsecret"})");
    manage(stage, 422, "POST", "/v1/events", R"({"type":"bridge.sale","data":{"eventId":"e"}})");
    const auto published = manage(stage, 202, "POST", "/v1/events",
                                  R"({"type":"sale","data":{"eventId":"e"}})");
    std::vector<std::string> events{member(published, "id")};
    for (const auto* type : {"bridge.sale", "bridge.event", "bridge.booking"})
        events.push_back(send_forged(stage, type));
    for (const auto& event : events) {
        const auto refused = manage(stage, 422, "POST", "/v1/events/" + event + "/replay",
                                    R"({"subscription":")" + bridge + "\"}");
        BOOST_TEST(refused.find("would not get this event") != std::string::npos, refused);
        manage(stage, 202, "POST", "/v1/events/" + event + "/replay");
        BOOST_TEST(stage.hub.list("/v1/deliveries?event=" + event).empty());
    }
    manage(stage, 202, "POST", "/v1/subscriptions/" + bridge + "/test");
    stage.wait_until([&] { return stage.hub.list("/v1/deliveries?state=dead").size() == 1; },
                     "the test is dead");
    BOOST_TEST(stands(stage) == 0);
    BOOST_TEST(stage.post("/api/business/sales", sale_body("evt_1", 2)).status == 201U);
    BOOST_TEST(stands(stage) == 1);
}

// Goal: what the bridge stores says where it came from; a person's replay of it is the same write
// again, and its path is the table's.
BOOST_AUTO_TEST_CASE(the_bridges_own_events)
{
    BridgeFixture stage;
    const auto booked = stage.post(
        "/api/production/resources/res%2F..%2F42/bookings",
        R"({"eventId":"evt_1","from":"2026-06-20T08:00:00Z","to":"2026-06-20T23:00:00Z"})");
    BOOST_TEST(booked.status == 201U);
    BOOST_TEST(booked.text("resourceId") == "res/../42");
    const auto written = stage.hub.list("/v1/events?type=bridge.booking").front();
    BOOST_TEST(written.at("origin").as_string() == "bridge");
    stage.wait_until(
        [&] { return stage.hub.list("/v1/events?type=booking.confirmed").size() == 1; },
        "the result");
    const auto result = stage.hub.list("/v1/events?type=booking.confirmed").front();
    BOOST_TEST(result.at("origin").as_string() == "bridge");
    const std::string id{written.at("id").as_string()};
    manage(stage, 202, "POST", "/v1/events/" + id + "/replay",
           R"({"subscription":")" + id_of_bridge_subscription(stage) + "\"}");
    stage.wait_until(
        [&] { return stage.hub.list("/v1/deliveries?state=delivered&event=" + id).size() == 1; },
        "the replay is delivered");
    BOOST_TEST(stands(stage) == 1);  // under the same Idempotency-Key
}

// Goal: a platform's own calls go to those who name them, and "*" is for everything else.
BOOST_AUTO_TEST_CASE(calls_must_be_named)
{
    BridgeFixture stage;
    for (const auto& [name, types] : {std::pair{"all", R"(["*"])"}, {"calls", R"(["bridge.*"])"}})
        manage(stage, 201, "POST", "/v1/subscriptions",
               R"({"name":")" + std::string{name} + R"(","status":"paused","event_types":)" + types
                   + R"(,"handler":{"url":"http://127.0.0.1:9/"}})");
    BOOST_TEST(stage.post("/api/business/sales", sale_body("evt_1", 2)).status == 201U);
    stage.wait_until([&] { return stage.hub.list("/v1/events?type=sales.recorded").size() == 1; },
                     "the result");
    const auto count = [&](const std::string& name) {
        for (const auto& row : stage.hub.list("/v1/subscriptions"))
            if (row.at("name").as_string() == name)
                return stage.hub
                    .list("/v1/deliveries?subscription=" + std::string{row.at("id").as_string()})
                    .size();
        return std::size_t{99};
    };
    BOOST_TEST(count("calls") == 1U);  // bridge.sale
    BOOST_TEST(count("all") == 1U);    // sales.recorded
}

// Goal: a client that guesses keys on the bridge's paths waits, as on the API's, in one count;
// the right key passes all the same.
BOOST_AUTO_TEST_CASE(guessed_keys_are_slowed)
{
    BridgeFixture stage;
    std::map<unsigned, int> answers;
    Answered slowed;
    for (const auto* path :
         {"/api/production/resources?date=2026-06-20", "/api/health", "/v1/events"})
        for (int i = 0; i < 15; ++i) {
            auto answer = stage.call("GET", path, "kd_live_guess" + std::to_string(i));
            ++answers[answer.status];
            if (answer.status == 429 && std::string_view{path} != "/v1/events") slowed = answer;
        }
    BOOST_TEST(answers[429] >= 15);
    BOOST_TEST(!slowed.text("error").empty());
    BOOST_TEST(!slowed.header("Retry-After").empty());
    BOOST_TEST(stage.get("/api/production/resources?date=2026-06-20").status == 200U);
    BOOST_TEST(stage.get("/api/health").status == 200U);
    BOOST_TEST(stage.call("GET", "/api/health", "").status == 200U);
}

BOOST_AUTO_TEST_SUITE_END()
