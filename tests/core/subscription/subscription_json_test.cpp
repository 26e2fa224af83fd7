#include "hub/core/subscription/subscription_json.hpp"

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

Subscription whole()
{
    Subscription made;
    made.id = SubscriptionId{IdBytes{1}};
    made.name = "stock";
    made.sources = {"atlvs"};
    made.event_types = {"resource.*"};
    made.filter = R"({"payload":{"a":1}})";
    made.handler.url = "https://example.com/x";
    made.handler.headers = {{"X-A", "ü"}, {"X-B", "2"}};
    made.handler.identity = "bank";
    made.dialect = Dialect::grasshopper;
    made.limits = {4, 2.5, 7, Ordering::key, "/id", true, 1'000'000};
    made.retry.delays = {milliseconds{5'000}, milliseconds{300'000}};
    made.retry.age_max = std::chrono::hours{72};
    made.retry.statuses = {{400, 404, RetryClass::dead}, {409, 409, RetryClass::few}};
    made.signature = "stripe";
    made.timeout = milliseconds{9'000};
    made.connect_timeout = milliseconds{700};
    made.first_byte_timeout = milliseconds{3'000};
    made.status = SubscriptionStatus::paused;
    made.status_reason = "by hand";
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
