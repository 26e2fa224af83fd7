#include "hub/app/alerts.hpp"

#include "hub/core/subscription/subscription.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;

namespace {

config::Settings with_alerts()
{
    using Way = config::AlertSettings::Way;
    config::Settings settings;
    for (const auto way : {Way::mail, Way::slack}) settings.alerts.emplace_back().way = way;
    return settings;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(app_alerts)

// Regression: with a mail server that was away, "it is over" came before the retry of "it fails".
BOOST_AUTO_TEST_CASE(messages_about_one_subscription_are_ordered)
{
    const auto all = alert_subscriptions(with_alerts());
    BOOST_TEST_REQUIRE(all.size() == 3U);
    for (std::size_t i = 1; i < all.size(); ++i)
        BOOST_TEST((all[i].limits.ordering == Ordering::key), all[i].name);
}

// Regression: with short delays in [retry], alerts were lost while a mail server was away.
BOOST_AUTO_TEST_CASE(messages_are_retried_for_two_days)
{
    for (const auto& each : alert_subscriptions(with_alerts())) {
        if (each.name == alerts_subscription) continue;
        milliseconds all{0};
        for (const auto delay : each.retry.delays) all += delay;
        BOOST_TEST((all > std::chrono::hours{47}), each.name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
