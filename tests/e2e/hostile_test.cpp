// Receivers that hang, reset, drip or flood: a failed attempt each, in bounded time and memory.
#include "tests/e2e/fixture.hpp"
#include "tests/e2e/hostile_receiver.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

namespace katydid::test {
namespace {

namespace json = boost::json;

struct Case {
    const char* what;
    HostileReceiver::Misdeed misdeed;
    unsigned status;  ///< the attempt's, 0 when no answer counts
};

const Case cases[] = {
    {"hang", &misdeeds::hang, 0},
    {"reset", &misdeeds::reset, 0},
    {"drip", &misdeeds::drip, 0},
    {"drip body", &misdeeds::drip_body, 500},
    {"flood", &misdeeds::flood, 500},
    {"nonsense", &misdeeds::nonsense, 0},
    {"long head", &misdeeds::long_head, 500},
};

/// One attempt takes half a second at most; there are two, one right behind the other.
std::string subscription_to(const std::string& url)
{
    const json::value settings{{"name", "hostile"},
                               {"event_types", {"resource.*"}},
                               {"dialect", "standard"},
                               {"timeout", "500ms"},
                               {"retry", {{"delays", {"1ms"}}}},
                               {"handler", {{"kind", "endpoint"}, {"url", url}}}};
    return json::serialize(settings);
}

json::object first_attempt_of(const HubProcess& hub)
{
    const auto deliveries = hub.list("/v1/deliveries");
    BOOST_TEST_REQUIRE(deliveries.size() == 1U);
    const std::string id{deliveries[0].at("id").as_string()};
    for (const auto& attempt : hub.list("/v1/deliveries/" + id + "/attempts"))
        if (attempt.at("number").to_number<int>() == 1) return attempt.as_object();
    throw std::runtime_error{"there is no first attempt"};
}

BOOST_AUTO_TEST_SUITE(e2e_hostile)

// Goal: whatever a receiver does, its attempt ends as a failure with a reason, the answer kept is
// at most 16 KB, memory stays where it was, and the hub goes on to the next attempt.
BOOST_AUTO_TEST_CASE(misbehaving_receivers)
{
    for (const auto& [what, misdeed, status] : cases) {
        BOOST_TEST_CONTEXT(what)
        {
            TemporaryFolder folder;
            const HostileReceiver hostile{misdeed};
            HubProcess hub{folder.path(), quick_settings()};
            hub.start();
            const auto created = hub.manage("POST", "/v1/subscriptions",
                                            subscription_to(hostile.url()));
            BOOST_TEST_REQUIRE(created.status == 201U, created.body);
            const auto memory_before = hub.process().peak_memory_kib();

            const auto reply = exchange(
                hub.port(), atlvs_webhook("id-1", "resource.updated", R"({"id":"res_1"})"));
            BOOST_TEST(reply.status / 100 == 2U);

            // The second attempt starts only once the first was recorded.
            BOOST_TEST_REQUIRE(hostile.wait_for_connections(2));
            const auto attempt = first_attempt_of(hub);
            BOOST_TEST(!attempt.at("error").as_string().empty());
            BOOST_TEST(attempt.at("outcome").as_string() != "success");
            const auto* got = attempt.if_contains("status");
            BOOST_TEST((got != nullptr && got->is_number() ? got->to_number<unsigned>() : 0U)
                       == status);
            const auto* response = attempt.if_contains("response");
            if (response != nullptr && response->is_string())
                BOOST_TEST(response->get_string().size() <= 16U * 1024);
            BOOST_TEST(hub.process().peak_memory_kib() - memory_before < 64 * 1024);
            BOOST_TEST(hub.end(SIGTERM) == 0);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace katydid::test
