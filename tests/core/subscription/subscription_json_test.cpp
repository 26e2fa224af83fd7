#include "hub/core/subscription/subscription_json.hpp"

#include "tests/support/full_subscription.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
namespace json = boost::json;

namespace {

/// As JSON text and back, into `base`.
Subscription read(std::string_view text, Subscription base = {})
{
    std::vector<Fault> faults;
    from_json(json::parse(text).as_object(), base, faults);
    BOOST_TEST(faults.empty());
    return base;
}

/// Also with what the hub itself sets.
Subscription whole()
{
    auto made = test::full_subscription();
    made.id = SubscriptionId{IdBytes{1}};
    made.handler.headers = {{"X-A", "ü"}, {"X-B", "2"}};  // an object has each name once
    made.expires_at = Timestamp{milliseconds{1'800'000'000'000}};
    made.read_only = true;
    made.created_at = Timestamp{milliseconds{1'700'000'000'123}};
    made.updated_at = Timestamp{milliseconds{1'700'000'000'456}};
    return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_subscription_json)

// Goal: every field comes back as it was, and so do the blank ones.
BOOST_AUTO_TEST_CASE(round_trip)
{
    for (const auto& made : {whole(), Subscription{}})
        BOOST_TEST((read(json::serialize(to_json(made))) == made));
    Subscription program;
    program.handler.kind = HandlerKind::coroutine;
    const auto object = to_json(program);
    BOOST_TEST(json::serialize(object.at("handler")) == R"({"kind":"coroutine"})");
    BOOST_TEST((read(json::serialize(object)) == program));
}

// Goal: what is absent stays, one level down too; null takes a field away.
BOOST_AUTO_TEST_CASE(changes)
{
    auto expected = whole();
    expected.limits.in_flight = 2;
    expected.filter.clear();
    expected.retry.delays.clear();
    expected.signature.clear();
    const auto changed = read(
        R"({"limits":{"in_flight":2},"filter":null,"retry":{"delays":null},"signature":null})",
        whole());
    BOOST_TEST((changed == expected));
}

// Goal: what a schema cannot say of a value is a fault with its pointer.
BOOST_AUTO_TEST_CASE(values_that_no_schema_refuses)
{
    Subscription into;
    std::vector<Fault> faults;
    const auto object = json::parse(R"({"retry":{"delays":["5s","99999999d"],
                                                 "statuses":{"504-500":"dead","5xx":"few"}}})")
                            .as_object();
    from_json(object, into, faults);
    BOOST_TEST_REQUIRE(faults.size() == 2U);
    BOOST_TEST(faults[0].pointer == "/retry/delays/1");
    BOOST_TEST(faults[1].pointer == "/retry/statuses/504-500");
    BOOST_TEST_REQUIRE(into.retry.statuses.size() == 1U);
    BOOST_TEST(into.retry.statuses.front().status_max == 599U);
}

BOOST_AUTO_TEST_SUITE_END()
