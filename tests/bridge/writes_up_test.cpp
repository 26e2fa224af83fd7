// Writes through the hub while ATLVS is well.
#include "tests/bridge/bridge_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace katydid;
using namespace katydid::test;
namespace json = boost::json;

namespace {

std::int64_t stands(const BridgeFixture& stage)
{
    return stage.atlvs.writes().at("stands").to_number<std::int64_t>();
}

std::size_t count_events(const BridgeFixture& stage, const std::string& type)
{
    return stage.hub.list("/v1/events?type=" + type).size();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_writes_up)

// Goal: each write of the table gets ATLVS's own status and answer, the id included, straight back;
// the result is readable and is published for Grasshopper's handlers, once.
BOOST_AUTO_TEST_CASE(answers_come_straight_back)
{
    BridgeFixture stage;
    const auto event = stage.post("/api/production/events", event_body("evt_1", "Summer Night"));
    BOOST_TEST(event.status == 201U);
    BOOST_TEST(event.text("id") == "prd_1");
    BOOST_TEST(event.text("grasshopperId") == "evt_1");
    BOOST_TEST(!event.body.as_object().contains("email"));
    const auto sale = stage.post("/api/business/sales", sale_body("evt_1", 2));
    BOOST_TEST(sale.status == 201U);
    BOOST_TEST(sale.text("id") == "sal_2");
    const auto artist = stage.post("/api/production/artists",
                                   R"({"grasshopperId":"art_1","name":"Trio","genre":"jazz"})");
    BOOST_TEST(artist.text("id") == "art_3");
    const auto booking = stage.post(
        "/api/production/resources/res_42/bookings",
        R"({"eventId":"evt_1","from":"2026-06-20T08:00:00Z","to":"2026-06-20T23:00:00Z",)"
        R"("quantity":1})");
    BOOST_TEST(booking.status == 201U);
    BOOST_TEST(booking.text("resourceId") == "res_42");
    BOOST_TEST(stands(stage) == 4);

    for (const auto* type :
         {"production.created", "sales.recorded", "artist.synced", "booking.confirmed"})
        stage.wait_until([&] { return count_events(stage, type) == 1; }, type);
    const auto written = stage.hub.list("/v1/events?type=bridge.event").front();
    const auto operation = stage.wait_for_operation(std::string{written.at("id").as_string()});
    BOOST_TEST(operation.at("status").as_string() == "completed");
    BOOST_TEST(operation.at("httpStatus").to_number<int>() == 201);
    BOOST_TEST(operation.at("result").at("id").as_string() == "prd_1");
    BOOST_TEST(operation.at("call").as_string() == "event");
}

// Goal: the same write twice is one write at ATLVS, and gets the same answer: by its key, or by a
// body equal to the latest one. Another body is another write, also when it was there before.
BOOST_AUTO_TEST_CASE(the_same_write_twice)
{
    BridgeFixture stage;
    const auto body = event_body("evt_1", "A");
    const auto first = stage.post("/api/production/events", body);
    stage.wait_until([&] { return count_events(stage, "production.created") == 1; }, "the result");
    const auto again = stage.post("/api/production/events", body);
    BOOST_TEST(again.status == 201U);
    BOOST_TEST(again.body == first.body);
    BOOST_TEST(stands(stage) == 1);
    BOOST_TEST(stage.post("/api/production/events", event_body("evt_1", "B")).status == 201U);
    BOOST_TEST(stage.post("/api/production/events", body).status == 201U);
    BOOST_TEST(stands(stage) == 3);

    const Headers key{{"Idempotency-Key", "key-1"}};
    BOOST_TEST(stage.post("/api/business/sales", sale_body("evt_1", 2), key).status == 201U);
    BOOST_TEST(stage.post("/api/business/sales", sale_body("evt_1", 2), key).status == 201U);
    BOOST_TEST(stage.post("/api/business/sales", sale_body("evt_1", 2)).status == 201U);
    BOOST_TEST(stands(stage) == 4);
    const auto other = stage.post("/api/business/sales", sale_body("evt_1", 3), key);
    BOOST_TEST(other.status == 422U);
    BOOST_TEST(!other.text("error").empty());
    BOOST_TEST(stands(stage) == 4);
    BOOST_TEST(stage.post("/api/business/sales", sale_body("evt_1", 3)).status == 201U);
    BOOST_TEST(stage.post("/api/business/sales", sale_body("evt_1", 2)).status == 201U);
    BOOST_TEST(stands(stage) == 5);
}

// Goal: an answer longer than what an attempt keeps is whole at once, at /api/operations, and for
// the same write again.
BOOST_AUTO_TEST_CASE(long_answers)
{
    BridgeFixture stage;
    auto body = event_body("evt_1", "N");
    const std::string tickets(40'000, 't');
    body.insert(body.size() - 1, R"(,"ticketData":")" + tickets + '"');
    const auto first = stage.post("/api/production/events", body);
    BOOST_TEST(first.status == 201U);
    BOOST_TEST(first.text("ticketData") == tickets);
    stage.wait_until([&] { return count_events(stage, "production.created") == 1; }, "the result");
    const auto written = stage.hub.list("/v1/events?type=bridge.event").front();
    const auto operation = stage.wait_for_operation(std::string{written.at("id").as_string()});
    BOOST_TEST(operation.at("status").as_string() == "completed");
    BOOST_TEST((operation.at("result") == first.body));
    stage.hub.end(SIGTERM);
    stage.hub.start();
    const auto again = stage.post("/api/production/events", body);
    BOOST_TEST(again.status == 201U);
    BOOST_TEST((again.body == first.body));
    BOOST_TEST(stands(stage) == 1);
}

// Goal: what is wrong with a body is said at the edge, and nothing of it is stored or sent.
BOOST_AUTO_TEST_CASE(refused_at_the_edge)
{
    BridgeFixture stage;
    const auto refused = stage.post("/api/production/events", R"({"name":"N"})");
    BOOST_TEST(refused.status == 400U);
    BOOST_TEST(refused.text("error") == "grasshopperId is missing; startDate is missing");
    BOOST_TEST(refused.body.at("errors").at(0).at("pointer").as_string() == "/grasshopperId");
    BOOST_TEST(stage.post("/api/business/sales", "nonsense").status == 400U);
    BOOST_TEST(stage.post("/api/business/sales", sale_body("e", -1)).status == 400U);
    BOOST_TEST(stage
                   .post("/api/production/events", event_body("e", "N"),
                         {{"Idempotency-Key", "two words"}})
                   .status
               == 400U);
    BOOST_TEST(stage.hub.list("/v1/events").empty());
    BOOST_TEST(stands(stage) == 0);
}

// Goal: ATLVS's refusals reach the caller as they are; the same write may then be tried again.
BOOST_AUTO_TEST_CASE(refusals_of_atlvs)
{
    BridgeFixture stage;
    const std::string path = "/api/production/resources/res_7/bookings";
    const auto span = [](const char* event) {
        return R"({"eventId":")" + std::string{event}
               + R"(","from":"2026-06-20T08:00:00Z","to":"2026-06-20T23:00:00Z"})";
    };
    BOOST_TEST(stage.post(path, span("evt_1")).status == 201U);
    const auto taken = stage.post(path, span("evt_2"));
    BOOST_TEST(taken.status == 409U);
    BOOST_TEST(taken.text("error") == "The resource is taken");
    stage.wait_until([&] { return count_events(stage, "operation.failed") == 1; }, "the result");
    BOOST_TEST(stage.post(path, span("evt_2")).status == 409U);
    stage.wait_until([&] { return count_events(stage, "operation.failed") == 2; }, "both results");
    BOOST_TEST(stage.post("/api/production/events", event_body("e", "Forbidden")).status == 422U);
    const auto written = stage.hub.list("/v1/events?type=bridge.booking");
    BOOST_TEST(written.size() == 3U);
    const auto operation = stage.wait_for_operation(
        std::string{written.front().at("id").as_string()});
    BOOST_TEST(operation.at("status").as_string() == "failed");
    BOOST_TEST(operation.at("httpStatus").to_number<int>() == 409);
}

// Goal: with several loops every caller reaches the one bridge, whichever loop took the connection.
BOOST_AUTO_TEST_CASE(several_loops)
{
    BridgeFixture stage{{{"KATYDID_LOOPS", "3"}}};
    constexpr int count = 24;
    for (int i = 0; i < count; ++i) {
        const auto id = "evt_" + std::to_string(i);
        BOOST_TEST(stage.post("/api/production/events", event_body(id, "N")).status == 201U);
        BOOST_TEST(stage.get("/api/production/events/" + id).status == 200U);
    }
    BOOST_TEST(stands(stage) == count);
    const auto resource = atlvs_webhook("1", "resource.updated", R"({"id":"res_42"})");
    for (int i = 0; i < 6; ++i)
        BOOST_TEST(stage.get("/api/production/resources?date=2026-06-20").status == 200U);
    BOOST_TEST(exchange(stage.hub.port(), resource).status == 200U);
    const auto after = stage.get("/api/production/resources?date=2026-06-20");
    BOOST_TEST(after.header("Age").empty());
    BOOST_TEST(stage.atlvs.calls("GET /api/production/resources") == 2);
}

// Goal: without a key nothing works but the health; each side's key opens its own paths only.
BOOST_AUTO_TEST_CASE(keys)
{
    BridgeFixture stage;
    const auto body = event_body("evt_1", "N");
    for (const auto& [key, status] : {std::pair{std::string{}, 401U},
                                      {std::string{"kd_live_wrong"}, 401U},
                                      {stage.to_grasshopper, 403U},
                                      {stage.make_key("events:write"), 403U}}) {
        const auto refused = stage.call("POST", "/api/production/events", key, body);
        BOOST_TEST(refused.status == status);
        BOOST_TEST(!refused.text("error").empty());
    }
    BOOST_TEST(stage.call("GET", "/api/orders", stage.to_atlvs).status == 403U);
    BOOST_TEST(stage.call("GET", "/api/orders", stage.to_grasshopper).status == 200U);
    BOOST_TEST(
        stage.call("GET", "/api/operations/evt_01JXT21Q00TVHEAVKXVX8W3A02", stage.to_atlvs).status
        == 404U);
    BOOST_TEST(stage.call("DELETE", "/api/business/sales", stage.to_atlvs).status == 405U);
    BOOST_TEST(stands(stage) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
