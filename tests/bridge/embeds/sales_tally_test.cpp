#include "hub/bridge/embeds/sales_tally.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::bridge;

namespace {

const Timestamp received = parse_rfc3339("2026-06-20T08:00:00Z").value();

void sell(SalesTally& tally, std::string_view payload)
{
    tally.add("ticket.sold", payload, received);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_sales_tally)

// Goal: sales of one event are added up by their day in UTC, oldest first, whatever their order.
BOOST_AUTO_TEST_CASE(days_of_an_event)
{
    SalesTally tally;
    sell(tally, R"({"id":1,"eventId":"e1","quantity":2,"revenue":90,)"
                R"("soldAt":"2026-06-16T01:00:00+02:00"})");
    sell(tally, R"({"id":2,"eventId":"e1","revenue":45.5,"soldAt":"2026-06-15T10:00:00Z"})");
    sell(tally, R"({"id":3,"eventId":"e1","quantity":4})");
    sell(tally, R"({"id":4,"eventId":"e2","quantity":9,"soldAt":"2026-06-15T10:00:00Z"})");
    const auto days = tally.days_of("e1");
    BOOST_REQUIRE(days.size() == 2U);
    BOOST_TEST(days[0].day == "2026-06-15");
    BOOST_TEST(days[0].tickets == 3U);
    BOOST_TEST(days[0].revenue == 135.5);
    BOOST_TEST(days[1].day == "2026-06-20");  // it has no time: when it came
    BOOST_TEST(days[1].tickets == 4U);
    BOOST_TEST(tally.days_of("e3").empty());
}

// Goal: webhooks and writes tell of the same sales, so they are not added together.
BOOST_AUTO_TEST_CASE(one_way_counts)
{
    SalesTally tally;
    tally.add("bridge.sale",
              R"({"eventId":7,"ticketsSold":5,"revenue":10,"timestamp":"2026-06-15T10:00:00Z"})",
              received);
    BOOST_TEST(tally.days_of("7").at(0).tickets == 5U);
    sell(tally, R"({"id":1,"eventId":7,"quantity":3,"soldAt":"2026-06-15T10:00:00Z"})");
    BOOST_TEST(tally.days_of("7").at(0).tickets == 3U);
}

// Goal: what is no sale changes nothing, and odd numbers count as none.
BOOST_AUTO_TEST_CASE(what_is_no_sale)
{
    SalesTally tally;
    for (const auto* payload : {"", "[]", "{}", R"({"id":1})", R"({"eventId":""})"})
        sell(tally, payload);
    sell(tally, R"({"eventId":"e1","quantity":-4,"revenue":"9","soldAt":"yesterday"})");
    const auto days = tally.days_of("e1");
    BOOST_REQUIRE(days.size() == 1U);
    BOOST_TEST(days[0].tickets == 0U);
    BOOST_TEST(days[0].revenue == 0.0);
}

BOOST_AUTO_TEST_SUITE_END()
