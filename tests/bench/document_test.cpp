#include "bench/report/document.hpp"
#include "bench/report/pretty.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid::bench;

BOOST_AUTO_TEST_SUITE(bench_document)

// Goal: what is written is read back as the same value, and a goal only where there is one.
BOOST_AUTO_TEST_CASE(pretty_is_json)
{
    ScenarioResult result;
    result.figure({"ingest.per_second", 25'000.25, "events/s", Better::higher, 20'000, 30'000});
    result.figure({"ingest.p99", 12, "ms", Better::lower, 50});
    Phase phase;
    phase.timeline.push_back({.at = 1, .accepted = 25'000, .p50_us = 300});
    result.phases.push_back(to_json(phase));
    const auto text = to_pretty(
        make_document({{"ingest", result}}, {}, {{"date", "2026-06-15T18:00:00.000Z"}}));
    BOOST_TEST(text.find("E+") == std::string::npos);
    const auto document = boost::json::parse(text);
    BOOST_TEST(document.at("date").as_string() == "2026-06-15T18:00:00.000Z");
    const auto& scenario = document.at("scenarios").at(0);
    const auto& figures = scenario.at("figures").as_array();
    BOOST_TEST(figures.at(0).at("value").to_number<double>() == 25'000.3,
               boost::test_tools::tolerance(1e-5));
    BOOST_TEST(figures.at(0).at("aim").to_number<double>() == 30'000);
    BOOST_TEST(figures.at(1).at("must").to_number<double>() == 50);
    BOOST_TEST(!figures.at(1).as_object().contains("aim"));
    const auto& point = scenario.at("phases").at(0).at("timeline").at(0);
    BOOST_TEST(point.at("accepted").to_number<double>() == 25'000);
}

BOOST_AUTO_TEST_SUITE_END()
