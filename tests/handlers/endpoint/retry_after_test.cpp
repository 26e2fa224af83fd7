#include "handlers/endpoint/retry_after.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::handlers::endpoint;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(handlers_retry_after)

// Goal: the three forms of RFC 9110, section 5.6.7, are the same moment.
BOOST_AUTO_TEST_CASE(dates)
{
    const auto expected = parse_rfc3339("2026-11-06T08:49:37Z");
    for (const auto* text : {"Fri, 06 Nov 2026 08:49:37 GMT", "Friday, 06-Nov-26 08:49:37 GMT",
                             "Fri Nov  6 08:49:37 2026"})
        BOOST_TEST((parse_http_date(text) == expected), text);
    for (const auto* text :
         {"", "Fri, 31 Nov 2026 08:49:37 GMT", "Fri, 06 Nov 2026 24:49:37 GMT",
          "Fri, 06 Nov 2026 08:49:37 CET", "Fri, 06 Noo 2026 08:49:37 GMT", "2026-11-06T08:49:37Z"})
        BOOST_TEST(!parse_http_date(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(waits)
{
    const auto now = *parse_rfc3339("2026-11-06T08:49:00Z");
    BOOST_TEST((parse_retry_after("120", now) == milliseconds{120s}));
    BOOST_TEST((parse_retry_after("0", now) == milliseconds{0}));
    BOOST_TEST((parse_retry_after("Fri, 06 Nov 2026 08:49:37 GMT", now) == milliseconds{37s}));
    BOOST_TEST((parse_retry_after("Fri, 06 Nov 2020 08:49:37 GMT", now) == milliseconds{0}));
    BOOST_TEST(parse_retry_after("99999999999999999999999", now).has_value());
    for (const auto* text : {"", "-1", "1.5", "soon", "0x10", "+1"})
        BOOST_TEST(!parse_retry_after(text, now).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
