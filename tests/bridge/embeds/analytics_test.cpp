#include "hub/bridge/embeds/analytics.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::bridge;

namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(bridge_analytics)

// Goal: what ATLVS says and what passed through the hub are put together.
BOOST_AUTO_TEST_CASE(figures_of_both)
{
    auto answer = http::Response::json(
        200, R"({"ticketSales":{"total":12},"resourceUtilisation":0.75,)"
             R"("budget":{"planned":40000,"actual":38250},"attendancePrediction":3100})");
    answer.with("Age", "7");
    const auto all = figures({{"2026-06-15", 3, 135.5}, {"2026-06-16", 2, 90}}, true, answer);
    const auto& sales = all.at("sales").as_object();
    BOOST_TEST(sales.at("tickets").to_number<int>() == 5);
    BOOST_TEST(sales.at("revenue").to_number<double>() == 225.5);
    BOOST_TEST(sales.at("tickets_by_atlvs").to_number<int>() == 12);
    BOOST_TEST(sales.at("days").as_array().size() == 2U);
    BOOST_TEST(all.at("utilisation").to_number<double>() == 0.75);
    BOOST_TEST(all.at("budget").at("actual").to_number<int>() == 38'250);
    BOOST_TEST(all.at("attendance").to_number<int>() == 3'100);
    BOOST_TEST(all.at("platform").as_string() == "fresh");
    BOOST_TEST(all.at("age_s").to_number<int>() == 7);
}

// Goal: a stale answer says so; without one the sales are there and the rest is null.
BOOST_AUTO_TEST_CASE(without_atlvs)
{
    auto stale = http::Response::json(200, R"({"budget":{"planned":"much"}})");
    stale.with("X-Katydid-Stale", "true");
    BOOST_TEST(figures({}, true, stale).at("platform").as_string() == "stale");
    BOOST_TEST(figures({}, true, stale).at("budget").is_null());
    for (const auto& none :
         {http::Response::plain_error(503, "away"), http::Response::json(200, "[")}) {
        const auto all = figures({{"2026-06-15", 3, 1}}, false, none);
        BOOST_TEST(all.at("platform").as_string() == "away");
        BOOST_TEST(all.at("attendance").is_null());
        BOOST_TEST(!all.at("sales").at("is_complete").as_bool());
        BOOST_TEST(all.at("sales").at("tickets").to_number<int>() == 3);
    }
}

BOOST_AUTO_TEST_SUITE_END()
