// Two hubs with the bridge on one PostgreSQL: runs where the stages are on it (ctest
// bridge_e2e_postgres).
#include "tests/bridge/bridge_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstdlib>

using namespace katydid;
using namespace katydid::test;
namespace json = boost::json;

namespace {

bool is_on_postgres(boost::unit_test::test_unit_id)
{
    const char* wanted = std::getenv("KATYDID_TEST_STORE");
    return wanted != nullptr && std::string_view{wanted} == "postgres";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_shared_store, *boost::unit_test::precondition(is_on_postgres))

// Goal: a webhook that one hub got drops what the other one has cached; a write that one hub took
// is known to the other, and their catalogs are one.
BOOST_AUTO_TEST_CASE(two_hubs)
{
    BridgeFixture stage;
    const TemporaryFolder folder;
    HubProcess other{folder.path(), stage.variables};
    other.start();
    const auto through_other = [&](const std::string& method, const std::string& path,
                                   const std::string& body) {
        Headers headers{{"Authorization", "Bearer " + stage.to_atlvs}};
        if (!body.empty()) headers.push_back({"Content-Type", "application/json"});
        return exchange(other.port(), {method, path, std::move(headers), body});
    };
    const auto name_at_other = [&] {
        const auto reply = through_other("GET", "/api/production/events/prd_1", "");
        BOOST_TEST(reply.status == 200U, reply.body);
        return std::string{std::string_view{json::parse(reply.body).at("name").as_string()}};
    };
    // The hub that owns the subscription brings the writes; the callers of the other get 202.
    const auto written = stage.post("/api/production/events", event_body("evt_1", "Before"));
    BOOST_TEST((written.status == 201U || written.status == 202U), written.status);
    const auto stands = [&] { return stage.atlvs.writes().at("stands").to_number<int>(); };
    stage.wait_until([&] { return stands() == 1; }, "the write stands");
    BOOST_TEST(name_at_other() == "Before");
    BOOST_TEST(stage.atlvs.post("/api/production/events", event_body("evt_1", "After"), atlvs_key)
               == 201U);
    const auto webhook = atlvs_webhook("1", "event.updated", R"({"id":"prd_1"})");
    BOOST_TEST(exchange(stage.hub.port(), webhook).status == 200U);
    BOOST_TEST(name_at_other() == "After");

    // The latest write again, at the hub that did not take it: the same write.
    const auto again = through_other("POST", "/api/production/events",
                                     event_body("evt_1", "Before"));
    BOOST_TEST((again.status == 201U || again.status == 202U), again.body);
    BOOST_TEST(stands() == 2);  // one through the hubs, one of ATLVS's own
    BOOST_TEST(other.list("/v1/event-types").size() == stage.hub.list("/v1/event-types").size());
    other.end(SIGTERM);
}

BOOST_AUTO_TEST_SUITE_END()
