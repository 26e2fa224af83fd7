// Every call of the table under every condition of its platform: up, away, failing, slow, hanging,
// wrong, lost, flapping, and back.
#include "tests/bridge/bridge_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace katydid;
using namespace katydid::test;
namespace json = boost::json;

namespace {

/// What the simulators can do; "away" is nobody listening.
constexpr const char* conditions[] = {"ok",   "away",  "down", "error", "slow",
                                      "hang", "wrong", "lost", "mix"};

struct Write {
    const char* call;
    std::string path;
    std::string body;
};

/// The writes of the table about one event, so that every condition has its own.
std::vector<Write> writes_about(const std::string& event)
{
    return {{"event", "/api/production/events", event_body(event, "N")},
            {"sale", "/api/business/sales", sale_body(event, 2)},
            {"artist", "/api/production/artists",
             R"({"grasshopperId":")" + event + R"(","name":"Trio"})"},
            {"booking", "/api/production/resources/res_" + event + "/bookings",
             R"({"eventId":")" + event
                 + R"(","from":"2026-06-20T08:00:00Z","to":"2026-06-20T23:00:00Z"})"}};
}

template <class Platform>
void enter(Platform& platform, const std::string& condition)
{
    if (condition == "away") platform.stop();
    else platform.set_mode(R"({"mode":")" + condition + "\"}");
}

template <class Platform>
void recover(Platform& platform, const std::string& condition)
{
    if (condition == "away") platform.start();
    else platform.set_mode(R"({"mode":"ok"})");
}

/// How often each call about an event stands in ATLVS's ledger.
std::map<std::string, int> standing(const BridgeFixture& stage, const std::string& event)
{
    std::map<std::string, int> calls;
    const auto writes = stage.atlvs.writes();
    for (const auto& entry : writes.at("entries").as_array()) {
        const auto& body = entry.at("body").as_object();
        const auto* id = body.if_contains("grasshopperId");
        if (id == nullptr) id = body.if_contains("eventId");
        if (id != nullptr && id->as_string() == event)
            ++calls[std::string{std::string_view{entry.at("call").as_string()}}];
    }
    return calls;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_conditions)

// Goal: each write of the table, under each condition: taken with 201 or 202 and never with an
// error, completed once ATLVS is well, readable with ATLVS's id, and once in its ledger.
BOOST_AUTO_TEST_CASE(writes)
{
    BridgeFixture stage{{{"KATYDID_BRIDGE_WAIT", "100ms"},
                         {"KATYDID_BRIDGE_TIMEOUT", "1s"},
                         {"KATYDID_BREAKER_OPEN", "5ms"}}};
    for (const std::string condition : conditions) {
        enter(stage.atlvs, condition);
        std::vector<std::string> queued;
        for (const auto& write : writes_about(condition)) {
            const auto answer = stage.post(write.path, write.body);
            const auto what = condition + " " + write.call;
            BOOST_TEST((answer.status == 201U || answer.status == 202U), what << answer.status);
            if (condition == "away") BOOST_TEST(answer.status == 202U, what);
            if (answer.status == 202U) queued.push_back(answer.text("operationId"));
            else BOOST_TEST(!answer.text("id").empty(), what);
        }
        recover(stage.atlvs, condition);
        for (const auto& id : queued) {
            const auto operation = stage.wait_for_operation(id);
            BOOST_TEST(operation.at("status").as_string() == "completed", condition);
            BOOST_TEST(!operation.at("result").at("id").as_string().empty(), condition);
        }
        const auto calls = standing(stage, condition);
        for (const auto& write : writes_about(condition))
            BOOST_TEST(calls.at(write.call) == 1, condition << " " << write.call);
    }
}

// Goal: each read of the table, both ways, under each condition: never an error where there was an
// answer before; stale and so marked while the platform fails, as new when it is back.
BOOST_AUTO_TEST_CASE(reads)
{
    BridgeFixture stage{{{"KATYDID_BRIDGE_FRESH_MAX", "0s"}, {"KATYDID_BRIDGE_WAIT", "100ms"}}};
    BOOST_TEST(stage.post("/api/production/events", event_body("evt_1", "N")).status == 201U);
    const auto each_read = [&](const auto& look) {
        for (const auto* path : {"/api/production/events/evt_1",
                                 "/api/production/resources?date=2026-06-20&type=staff",
                                 "/api/intelligence/analytics?eventId=evt_1"})
            look(path, stage.get(path));
        for (const auto* path :
             {"/api/events", "/api/events/harbour-lights", "/api/orders", "/api/tickets"})
            look(path, stage.get_grasshopper(path));
    };
    const auto is_new = [](const char* path, const Answered& answer) {
        BOOST_TEST(answer.status == 200U, path);
        BOOST_TEST(answer.header("X-Katydid-Stale").empty(), path);
    };
    each_read(is_new);
    for (const std::string condition : conditions) {
        enter(stage.atlvs, condition);
        enter(stage.grasshopper, condition);
        each_read([&](const char* path, const Answered& answer) {
            BOOST_TEST(answer.status == 200U, condition << " " << path);
            const bool is_stale = answer.header("X-Katydid-Stale") == "true";
            if (condition == "mix") return;
            // In the mode "lost" a read is answered with an error too.
            BOOST_TEST(is_stale == (condition != "ok"), condition << " " << path);
            BOOST_TEST(answer.header("Age").empty() == !is_stale, condition << " " << path);
        });
        recover(stage.atlvs, condition);
        recover(stage.grasshopper, condition);
        stage.wait_until(
            [&] {
                bool all_new = true;
                each_read([&](const char*, const Answered& answer) {
                    all_new = all_new && answer.header("X-Katydid-Stale").empty();
                });
                return all_new;
            },
            "every read is as new again");
    }
}

BOOST_AUTO_TEST_SUITE_END()
