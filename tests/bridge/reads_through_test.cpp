// Reads through the hub: both directions, cached, stale, dropped, filtered.
#include "tests/bridge/bridge_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>

using namespace katydid;
using namespace katydid::test;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

constexpr const char* resources_path = "/api/production/resources?date=2026-06-20";
constexpr const char* resources_call = "GET /api/production/resources";

/// An answer is used once only: what is kept counts as stale at once.
Variables nothing_is_fresh() { return {{"KATYDID_BRIDGE_FRESH_MAX", "0s"}}; }

bool has_header(const Answered& answer, const char* name) { return !answer.header(name).empty(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_reads_through)

// Goal: every read of the table answers with the platform's JSON.
BOOST_AUTO_TEST_CASE(each_read)
{
    BridgeFixture stage;
    BOOST_TEST(stage.post("/api/production/events", event_body("evt_1", "N")).status == 201U);
    for (const auto* id : {"prd_1", "evt_1"}) {
        const auto event = stage.get(std::string{"/api/production/events/"} + id);
        BOOST_TEST(event.status == 200U);
        BOOST_TEST(event.text("id") == "prd_1");
    }
    const auto unknown = stage.get("/api/production/events/prd_77");
    BOOST_TEST(unknown.status == 404U);
    BOOST_TEST(unknown.text("error") == "Event not found");
    const auto resources = stage.get(resources_path);
    BOOST_TEST(resources.status == 200U);
    BOOST_TEST(resources.body.as_array().size() == 3U);
    const auto analytics = stage.get("/api/intelligence/analytics?eventId=evt_1");
    BOOST_TEST(analytics.body.at("eventId").as_string() == "evt_1");
    BOOST_TEST(analytics.body.at("attendancePrediction").to_number<int>() == 3100);

    BOOST_TEST(stage.get_grasshopper("/api/events").body.as_array().size() == 2U);
    BOOST_TEST(stage.get_grasshopper("/api/events/harbour-lights").text("id") == "evt_2");
    BOOST_TEST(stage.get_grasshopper("/api/events/nowhere").status == 404U);
    BOOST_TEST(stage.get_grasshopper("/api/orders").body.as_array().size() == 2U);
    BOOST_TEST(stage.get_grasshopper("/api/tickets").body.as_array().size() == 2U);
}

// Goal: the type filter works although ATLVS ignores it; date and type are validated.
BOOST_AUTO_TEST_CASE(resources_are_filtered)
{
    BridgeFixture stage;
    const auto venues = stage.get(std::string{resources_path} + "&type=venue").body.as_array();
    BOOST_TEST_REQUIRE(venues.size() == 1U);
    BOOST_TEST(venues.front().at("id").as_string() == "res_7");
    for (const auto* query : {"", "?date=20-06-2026", "?date=2026-06-20&type=people"}) {
        const auto refused = stage.get(std::string{"/api/production/resources"} + query);
        BOOST_TEST(refused.status == 400U, query);
        BOOST_TEST(!refused.text("error").empty());
    }
}

// Goal: a fresh answer asks nobody; the matching webhook drops it, another one does not.
BOOST_AUTO_TEST_CASE(cached_and_dropped)
{
    BridgeFixture stage;
    BOOST_TEST(!has_header(stage.get(resources_path), "Age"));
    const auto second = stage.get(resources_path);
    BOOST_TEST(has_header(second, "Age"));
    BOOST_TEST(!has_header(second, "X-Katydid-Stale"));
    BOOST_TEST(stage.atlvs.calls(resources_call) == 1);
    const auto post = [&](const char* id, const char* type) {
        return exchange(stage.hub.port(), atlvs_webhook(id, type, R"({"id":"res_42"})")).status;
    };
    BOOST_TEST(post("1", "artist.updated") == 200U);
    static_cast<void>(stage.get(resources_path));
    BOOST_TEST(stage.atlvs.calls(resources_call) == 1);
    BOOST_TEST(post("2", "resource.updated") == 200U);
    BOOST_TEST(!has_header(stage.get(resources_path), "Age"));
    BOOST_TEST(stage.atlvs.calls(resources_call) == 2);
}

// Goal: while a platform is down, fails or is slow, what was read before is served, with its age
// and marked; what was not is a 503 that says when to come back.
BOOST_AUTO_TEST_CASE(stale_answers)
{
    BridgeFixture stage{nothing_is_fresh()};
    BOOST_TEST(!has_header(stage.get(resources_path), "X-Katydid-Stale"));
    BOOST_TEST(!has_header(stage.get_grasshopper("/api/events"), "X-Katydid-Stale"));
    for (const auto* mode : {"down", "error", "wrong", "slow"}) {
        stage.atlvs.set_mode(R"({"mode":")" + std::string{mode} + "\"}");
        const auto answer = stage.get(resources_path);
        BOOST_TEST(answer.status == 200U, mode);
        BOOST_TEST(answer.header("X-Katydid-Stale") == "true", mode);
        BOOST_TEST(has_header(answer, "Age"), mode);
        BOOST_TEST(answer.body.as_array().size() == 3U, mode);
    }
    stage.atlvs.set_mode(R"({"mode":"ok"})");
    // The slow read may be under way still: its answer must not come after the stop.
    while (has_header(stage.get(resources_path), "X-Katydid-Stale")) {}
    stage.atlvs.stop();
    stage.grasshopper.stop();
    BOOST_TEST(stage.get(resources_path).header("X-Katydid-Stale") == "true");
    BOOST_TEST(stage.get_grasshopper("/api/events").header("X-Katydid-Stale") == "true");
    const auto never_read = stage.get("/api/intelligence/analytics?eventId=evt_9");
    BOOST_TEST(never_read.status == 503U);
    BOOST_TEST(has_header(never_read, "Retry-After"));
    BOOST_TEST(!never_read.text("error").empty());
    stage.atlvs.start();
    BOOST_TEST(!has_header(stage.get(resources_path), "X-Katydid-Stale"));
}

// Goal: many who ask the same at the same time are one question to the platform.
BOOST_AUTO_TEST_CASE(coalesced)
{
    BridgeFixture stage;
    stage.atlvs.set_mode(R"({"mode":"slow"})");
    std::vector<std::thread> callers;
    std::atomic<int> good = 0;
    for (int i = 0; i < 8; ++i)
        callers.emplace_back([&] {
            if (stage.get(resources_path).status == 200U) ++good;
        });
    for (auto& caller : callers) caller.join();
    BOOST_TEST(good == 8);
    BOOST_TEST(stage.atlvs.calls(resources_call) == 1);
}

// Goal: the health of both platforms: for everybody whether ATLVS is there, with a key also how
// long it takes, the breaker, what waits. Checked in the background: it notices by itself.
BOOST_AUTO_TEST_CASE(health)
{
    BridgeFixture stage;
    const auto is_up = [&] { return stage.call("GET", "/api/health", "").status == 200U; };
    stage.wait_until(is_up, "ATLVS is reachable");
    const auto plain = stage.call("GET", "/api/health", "");
    BOOST_TEST(plain.text("status") == "ok");
    BOOST_TEST(plain.text("version") == "simulated-1");
    BOOST_TEST(plain.body.as_object().size() == 2U);
    BOOST_TEST(stage.post("/api/business/sales", sale_body("e", 1)).status == 201U);
    BOOST_TEST(!stage.call("GET", "/api/health", "").text("lastSync").empty());

    stage.atlvs.stop();
    stage.wait_until([&] { return !is_up(); }, "the hub notices");
    BOOST_TEST(stage.call("GET", "/api/health", "").text("status") == "down");
    BOOST_TEST(stage.post("/api/business/sales", sale_body("e", 2)).status == 202U);
    const auto full = stage.get("/api/health");
    BOOST_TEST(full.status == 503U);
    const auto& atlvs = full.body.at("platforms").at("atlvs");
    BOOST_TEST(!atlvs.at("reachable").as_bool());
    BOOST_TEST(atlvs.at("backlog").to_number<int>() == 1);
    BOOST_TEST(atlvs.at("breaker").as_string() == "closed");
    BOOST_TEST(atlvs.as_object().contains("latencyMs"));
    BOOST_TEST(full.body.at("platforms").at("grasshopper").at("reachable").as_bool());
    stage.atlvs.start();
    stage.wait_until(is_up, "ATLVS is back");
}

// Goal: a hub without ATLVS says so in a word of its own, and a probe leaves no warning behind.
BOOST_AUTO_TEST_CASE(health_without_a_platform)
{
    const TemporaryFolder folder;
    HubProcess hub{folder.path(), quick_settings()};
    hub.start();
    for (int i = 0; i < 3; ++i) {
        const auto reply = exchange(hub.port(), {"GET", "/api/health", {}, {}});
        BOOST_TEST(reply.status == 503U);
        BOOST_TEST(json::parse(reply.body).at("status").as_string() == "not configured");
    }
    hub.end(SIGTERM);
    std::ifstream file{folder.path() / "hub.log"};
    const std::string log{std::istreambuf_iterator<char>{file}, {}};
    BOOST_TEST(log.find("/api/health") == std::string::npos, log);
}

BOOST_AUTO_TEST_SUITE_END()
