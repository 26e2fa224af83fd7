#include "hub/intake/order_key.hpp"
#include "hub/core/subscription/subscription.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;

namespace {

SubscriptionPtr ordered_by(std::string order_key, Ordering ordering = Ordering::key)
{
    Subscription subscription;
    subscription.limits.ordering = ordering;
    subscription.limits.order_key = std::move(order_key);
    return std::make_shared<const Subscription>(std::move(subscription));
}

std::vector<std::string> order_keys(const Event& event,
                                    const std::vector<SubscriptionPtr>& subscriptions)
{
    filter::Document document{event};
    return intake::order_keys(event, subscriptions, document);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(intake_order_key)

// Goal: each subscription gets the key it asked for, from payload, header or the event itself.
BOOST_AUTO_TEST_CASE(keys_by_their_source)
{
    Event event;
    event.key = "res_1";
    event.headers = {{"X-Shop", "berlin"}};
    event.payload = std::make_shared<const std::string>(
        R"({"payload":{"id":"a","n":7,"o":{},"z":null}})");
    const auto keys = order_keys(event, {ordered_by(""), ordered_by("/payload/id"),
                                         ordered_by("/payload/n"), ordered_by("header:x-shop"),
                                         ordered_by("", Ordering::none)});
    const std::vector<std::string> expected{"res_1", "a", "7", "berlin", ""};
    BOOST_TEST(keys == expected, boost::test_tools::per_element());
}

// Goal: events without a key are ordered among themselves; they are never taken for unordered.
BOOST_AUTO_TEST_CASE(missing_keys_order_together)
{
    Event event;
    event.payload = std::make_shared<const std::string>(R"({"payload":{"o":{},"z":null}})");
    for (const auto* key : {"", "/payload/id", "/payload/o", "/payload/z", "header:none", "bad"})
        BOOST_TEST(order_keys(event, {ordered_by(key)}).front() == "-", key);
    event.payload = std::make_shared<const std::string>("not json");
    BOOST_TEST(order_keys(event, {ordered_by("/a")}).front() == "-");
}

// Goal: a key as long as the payload is not kept beside every delivery; equal ones stay equal.
BOOST_AUTO_TEST_CASE(long_keys_are_hashed)
{
    Event event;
    const auto set = [&](const std::string& id) {
        event.payload = std::make_shared<const std::string>("{\"id\":\"" + id + "\"}");
    };
    const std::vector<SubscriptionPtr> both{ordered_by("/id"), ordered_by("/id")};
    const std::string long_id(100'000, 'x');
    set(long_id);
    const auto keys = order_keys(event, both);
    BOOST_TEST(keys[0].size() == 71U);
    BOOST_TEST(keys[0].starts_with("sha256:"));
    BOOST_TEST(keys[0] == keys[1]);
    set(long_id + "y");
    BOOST_TEST(order_keys(event, both)[0] != keys[0]);
    set(std::string(200, 'x'));
    BOOST_TEST(order_keys(event, both)[0] == std::string(200, 'x'));
    event.key = long_id;
    event.headers = {{"X-Key", long_id}};
    const auto others = order_keys(event, {ordered_by(""), ordered_by("header:x-key")});
    BOOST_TEST(others[0] == keys[0]);
    BOOST_TEST(others[1] == keys[0]);
}

BOOST_AUTO_TEST_SUITE_END()
