// Webhooks of both platforms through a hub that has the bridge: what they drop, which types they
// may have, what they must look like.
#include "tests/bridge/bridge_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace katydid;
using namespace katydid::test;
namespace json = boost::json;

namespace {

unsigned post(const BridgeFixture& stage, const WireRequest& webhook)
{
    return exchange(stage.hub.port(), webhook).status;
}

void set_schema_mode(const BridgeFixture& stage, const std::string& mode)
{
    const auto set = stage.hub.manage("PATCH", "/v1/tenants/default",
                                      R"({"schema_mode":")" + mode + "\"}");
    BOOST_TEST_REQUIRE(set.status == 200U, set.body);
}

std::vector<std::string> catalog(const BridgeFixture& stage)
{
    std::vector<std::string> names;
    for (const auto& type : stage.hub.list("/v1/event-types"))
        names.emplace_back(std::string_view{type.at("name").as_string()});
    return names;
}

bool holds(const std::vector<std::string>& names, const std::string& name)
{
    return std::ranges::find(names, name) != names.end();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_webhooks)

// Goal: each row of "dropped by webhooks": the read that was fresh asks its platform again.
BOOST_AUTO_TEST_CASE(each_webhook_drops_its_reads)
{
    struct Row {
        std::string type;
        std::string path;
        bool is_from_atlvs;
    };
    const std::string event = "/api/production/events/evt_1";
    const std::string resources = "/api/production/resources?date=2026-06-20";
    const std::string analytics = "/api/intelligence/analytics?eventId=evt_1";
    const std::vector<Row> rows{{"event.updated", event, true},
                                {"event.cancelled", event, true},
                                {"production.status_changed", event, true},
                                {"production.status_changed", analytics, true},
                                {"resource.updated", resources, true},
                                {"resource.allocation_changed", resources, true},
                                {"staff.assigned", resources, true},
                                {"budget.alert", analytics, true},
                                {"event.updated", "/api/events", false},
                                {"event.created", "/api/events/harbour-lights", false},
                                {"ticket.sold", "/api/tickets", false},
                                {"ticket.sold", "/api/orders", false},
                                {"ticket.sold", analytics, false},
                                {"order.refunded", "/api/orders", false},
                                {"order.refunded", "/api/tickets", false}};
    BridgeFixture stage;
    BOOST_TEST(stage.post("/api/production/events", event_body("evt_1", "N")).status == 201U);
    const auto read = [&](const std::string& path) {
        const bool is_grasshoppers = path.starts_with("/api/events") || path == "/api/orders"
                                     || path == "/api/tickets";
        return is_grasshoppers ? stage.get_grasshopper(path) : stage.get(path);
    };
    int number = 0;
    for (const auto& row : rows) {
        const auto what = row.type + " " + row.path;
        BOOST_TEST(read(row.path).status == 200U, what);
        if (stage.is_alone()) BOOST_TEST(!read(row.path).header("Age").empty(), what);
        const auto id = "drop-" + std::to_string(++number);
        const std::string data = R"({"id":"x_1","eventId":"evt_1"})";
        BOOST_TEST(post(stage, row.is_from_atlvs ? atlvs_webhook(id, row.type, data)
                                                 : grasshopper_webhook(id, row.type, data))
                       == 200U,
                   what);
        BOOST_TEST(read(row.path).header("Age").empty(), what);
    }
}

// Goal: a Grasshopper that calls back on event.updated, from within its receiver, gets the event as
// it is now and not the copy from before.
BOOST_AUTO_TEST_CASE(callback_on_event_updated)
{
    std::function<Answered()> call_back;
    std::promise<Answered> seen;
    const Receiver grasshopper{[&](http::Request) -> awaitable<http::Response> {
        seen.set_value(call_back());
        co_return http::Response::json(200, R"({"success":true,"action":"sync_event"})");
    }};
    BridgeFixture stage{{{"GRASSHOPPER_WEBHOOK_URL", grasshopper.url("/api/webhooks/atlvs")}}};
    call_back = [&] { return stage.get("/api/production/events/prd_1"); };
    BOOST_TEST(stage.post("/api/production/events", event_body("evt_1", "Before")).status == 201U);
    BOOST_TEST(stage.get("/api/production/events/prd_1").text("name") == "Before");
    const auto copy = stage.get("/api/production/events/prd_1");
    BOOST_TEST(copy.header("Age").empty() == !stage.is_alone());

    // The event changes at ATLVS itself, which then tells.
    BOOST_TEST(stage.atlvs.post("/api/production/events", event_body("evt_1", "After"), atlvs_key)
               == 201U);
    if (stage.is_alone())
        BOOST_TEST(stage.get("/api/production/events/prd_1").text("name") == "Before");
    BOOST_TEST(post(stage, atlvs_webhook("1", "event.updated", R"({"id":"prd_1"})")) == 200U);
    const auto answer = seen.get_future().get();
    BOOST_TEST(answer.text("name") == "After");
    BOOST_TEST(answer.header("Age").empty());
}

// Goal: with the bridge both platforms' types are the tenant's own, once, whatever it did to them
// since: a start changes nothing.
BOOST_AUTO_TEST_CASE(catalogs_are_the_tenants)
{
    BridgeFixture stage;
    const auto first = catalog(stage);
    for (const auto* name : {"resource.updated", "project.*", "ticket.sold", "production.created",
                             "bridge.event", "operation.failed"})
        BOOST_TEST(holds(first, name), name);
    BOOST_TEST(stage.hub.manage("DELETE", "/v1/event-types/ticket.sold").status == 204U);
    BOOST_TEST(stage.hub
                   .manage("PUT", "/v1/event-types/resource.updated",
                           R"({"description":"ours","schema":{"type":"object"}})")
                   .status
               == 200U);
    stage.hub.end(SIGTERM);
    stage.hub.start();
    const auto second = catalog(stage);
    BOOST_TEST(second.size() == first.size() - 1);
    BOOST_TEST(!holds(second, "ticket.sold"));
    BOOST_TEST(stage.hub.get("/v1/event-types/resource.updated").at("description").as_string()
               == "ours");
}

// Goal: the tenant's mode decides what the schemas mean, for data in every envelope: off and warn
// let everything pass, reject refuses what does not fit and passes unknown types as they are,
// strict refuses those too.
BOOST_AUTO_TEST_CASE(the_mode_decides)
{
    BridgeFixture stage;
    const std::string good = R"({"id":"res_42","type":"equipment"})";
    const std::string bad = R"({"type":"equipment"})";
    int number = 0;
    const auto dispatcher = [&](const std::string& type, const std::string& data) {
        return post(stage, atlvs_webhook("m-" + std::to_string(++number), type, data));
    };
    const auto expect = [&](const char* mode, unsigned of_bad, unsigned of_unknown) {
        set_schema_mode(stage, mode);
        BOOST_TEST(dispatcher("resource.updated", good) == 200U, mode);
        BOOST_TEST(dispatcher("project.created", R"({"id":"p_1"})") == 200U, mode);
        BOOST_TEST(post(stage, atlvs_envelope("resource.updated", good)) == 200U, mode);
        BOOST_TEST(dispatcher("resource.updated", bad) == of_bad, mode);
        BOOST_TEST(dispatcher("project.created", R"({"name":"P"})") == of_bad, mode);
        BOOST_TEST(post(stage, atlvs_envelope("resource.updated", bad)) == of_bad, mode);
        BOOST_TEST(post(stage, grasshopper_webhook("g-" + std::to_string(++number), "ticket.sold",
                                                   R"({"quantity":-1})"))
                       == of_bad,
                   mode);
        BOOST_TEST(dispatcher("unheard.of", good) == of_unknown, mode);
    };
    expect("off", 200, 200);
    expect("warn", 200, 200);
    expect("reject", 422, 200);
    expect("strict", 422, 422);
    // The bridge's own events are in the catalog: its writes work in every mode.
    BOOST_TEST(stage.post("/api/production/events", event_body("evt_1", "N")).status == 201U);
    stage.wait_until(
        [&] { return stage.hub.list("/v1/events?type=production.created").size() == 1; },
        "the result is published");
}

BOOST_AUTO_TEST_SUITE_END()
