#include "hub/observe/metrics.hpp"

#include "hub/observe/histogram.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

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
    observe::RouteMetrics webhook{metrics, "/api/webhooks/{source}"};
    observe::RouteMetrics same_on_another_loop{metrics, "/api/webhooks/{source}"};
    observe::RouteMetrics list{metrics, "/v1/sources"};
    observe::RouteMetrics none{metrics, {}};
    webhook.answered(200, 0.001);
    same_on_another_loop.answered(202, 0.001);
    webhook.answered(401, 0.001);
    list.answered(200, 0.001);
    list.answered(99'999, 0.001);
    for (int i = 0; i < 1'000; ++i) none.answered(404, 0.001);
    const auto text = metrics.expose();
    const auto has = [&](const std::string& line) {
        BOOST_TEST((text.find(line + "\n") != std::string::npos), line);
    };
    has(R"(katydid_http_requests_total{route="/api/webhooks/{source}",status="2xx"} 2)");
    has(R"(katydid_http_requests_total{route="/api/webhooks/{source}",status="4xx"} 1)");
    has(R"(katydid_http_requests_total{route="other",status="4xx"} 1000)");
    has(R"(katydid_http_request_seconds_count{area="webhooks"} 3)");
    has(R"(katydid_http_request_seconds_count{area="manage"} 2)");
    has(R"(katydid_http_requests_total{route="/v1/sources",status="other"} 1)");
}

// Goal: values that many threads observe at once are all there, in cumulative buckets.
BOOST_AUTO_TEST_CASE(histograms_of_many_threads)
{
    const observe::Histogram::Boundaries boundaries{1, 2};
    observe::HistogramFamily family{"seconds", "help"};
    auto& histogram = family.add(boundaries, {{"area", "x"}});
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 1'000; ++i) histogram.observe(i % 4);
        });
    threads.clear();
    const auto collected = family.collect();
    BOOST_REQUIRE(collected.metric.size() == 1U);
    BOOST_TEST(collected.metric[0].label[0].value == "x");
    const auto& said = collected.metric[0].histogram;
    BOOST_REQUIRE(said.bucket.size() == 3U);
    BOOST_TEST(said.bucket[0].cumulative_count == 2'000U);  // 0 and 1: a bound is inclusive
    BOOST_TEST(said.bucket[1].cumulative_count == 3'000U);
    BOOST_TEST(said.bucket[2].cumulative_count == 4'000U);
    BOOST_TEST(said.sample_count == 4'000U);
    BOOST_TEST(said.sample_sum == 6'000.0);
}

// Goal: a number that only rises is a counter, and is named as one.
BOOST_AUTO_TEST_CASE(dropped_spans_are_a_counter)
{
    observe::Metrics metrics;
    metrics.spans_dropped(3);
    metrics.spans_dropped(5);
    const auto text = metrics.expose();
    BOOST_TEST(
        (text.find("# TYPE katydid_trace_spans_dropped_total counter") != std::string::npos));
    BOOST_TEST((text.find("katydid_trace_spans_dropped_total 5") != std::string::npos));
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
