#include "hub/core/text/headers.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;

BOOST_AUTO_TEST_SUITE(core_headers)

BOOST_AUTO_TEST_CASE(names_compare_without_case)
{
    const Headers headers{{"Webhook-Id", "a"}, {"webhook-id", "b"}, {"X", ""}};
    BOOST_TEST(header_value(headers, "WEBHOOK-ID") == "a");
    BOOST_TEST(count_headers(headers, "webhook-id") == 2U);
    BOOST_TEST(find_header(headers, "y") == nullptr);
    BOOST_TEST(find_header(headers, "x") != nullptr);
}

// Goal: nothing that could split a request ever reaches a wire.
BOOST_AUTO_TEST_CASE(unsafe_headers)
{
    BOOST_TEST(is_header_safe("X-A", "value with\ttab and ü"));
    BOOST_TEST(!is_header_safe("", "v"));
    BOOST_TEST(!is_header_safe("X A", "v"));
    BOOST_TEST(!is_header_safe("X:", "v"));
    BOOST_TEST(!is_header_safe("X", "a\r\nB: c"));
    BOOST_TEST(!is_header_safe("X", std::string_view{"a\0b", 3}));
}

BOOST_AUTO_TEST_SUITE_END()
