#include "hub/observe/metrics.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;

BOOST_AUTO_TEST_SUITE(observe_metrics)

// Goal: what is counted is what is exposed.
BOOST_AUTO_TEST_CASE(counts_are_exposed)
{
    observe::Metrics metrics;
    metrics.event_accepted();
    metrics.event_accepted();
    metrics.event_rejected("signature");
    metrics.attempt_ended(AttemptClass::timed_out, 1.5);
    const auto text = metrics.expose();
    BOOST_TEST(text.find("katydid_events_accepted_total 2") != std::string::npos);
    BOOST_TEST(text.find("katydid_events_rejected_total{reason=\"signature\"} 1")
               != std::string::npos);
    BOOST_TEST(text.find("katydid_attempts_total{outcome=\"timed_out\"} 1") != std::string::npos);
}

// Goal: a label that a stranger can influence does not grow without bound.
BOOST_AUTO_TEST_CASE(label_values_are_bounded)
{
    observe::Metrics metrics;
    for (int i = 0; i < 1'000; ++i) metrics.event_rejected("reason-" + std::to_string(i));
    const auto text = metrics.expose();
    BOOST_TEST(text.find("reason=\"other\"") != std::string::npos);
    BOOST_TEST(text.find("reason-500") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
