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

// Goal: requests are counted by route and class of status, and timed by what they were for; who
// asks for paths that are not there makes no new series.
BOOST_AUTO_TEST_CASE(requests)
{
    observe::Metrics metrics;
    const std::string webhook = "/api/webhooks/{source}";
    const std::string list = "/v1/sources";
    metrics.request_answered(webhook, 200, 0.001);
    metrics.request_answered(webhook, 202, 0.001);
    metrics.request_answered(webhook, 401, 0.001);
    metrics.request_answered(list, 200, 0.001);
    for (int i = 0; i < 1'000; ++i) metrics.request_answered({}, 404, 0.001);
    const auto text = metrics.expose();
    const auto has = [&](const std::string& line) {
        BOOST_TEST((text.find(line + "\n") != std::string::npos), line);
    };
    has(R"(katydid_http_requests_total{route="/api/webhooks/{source}",status="2xx"} 2)");
    has(R"(katydid_http_requests_total{route="/api/webhooks/{source}",status="4xx"} 1)");
    has(R"(katydid_http_requests_total{route="other",status="4xx"} 1000)");
    has(R"(katydid_http_request_seconds_count{area="webhooks"} 3)");
    has(R"(katydid_http_request_seconds_count{area="manage"} 1)");
}

// Goal: what a loop measures of itself is exposed.
BOOST_AUTO_TEST_CASE(loops)
{
    observe::Metrics metrics;
    metrics.loop_lag(0.002);
    metrics.queue_age(Lane::retry, 1, 12.5);
    metrics.queue_age(Lane::retry, 1, 3.5);
    const auto text = metrics.expose();
    BOOST_TEST((text.find("katydid_loop_lag_seconds_count 1") != std::string::npos));
    BOOST_TEST((text.find(R"(katydid_queue_age_seconds{lane="retry",loop="1"} 3.5)")
                != std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()
