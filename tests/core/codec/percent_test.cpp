#include "hub/core/codec/percent.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;

BOOST_AUTO_TEST_SUITE(core_percent)

// Goal: escapes of either case are read; broken ones and a NUL are none.
BOOST_AUTO_TEST_CASE(decoding)
{
    BOOST_TEST(percent_decode("a%2Fb%2fc+d").value_or("none") == "a/b/c+d");
    BOOST_TEST(percent_decode("a+b%2B", PlusSign::space).value_or("none") == "a b+");
    BOOST_TEST(percent_decode("").value_or("none").empty());
    for (const auto* text : {"%", "%4", "a%zz", "%00", "%-1"})
        BOOST_TEST(!percent_decode(text).has_value(), text);
}

// Goal: what is not kept is escaped, in upper case, and reads back as it was.
BOOST_AUTO_TEST_CASE(encoding)
{
    BOOST_TEST(percent_encode("a-._~z/ %\xC3\xA9") == "a-._~z%2F%20%25%C3%A9");
    BOOST_TEST(percent_encode("a/b~", "/") == "a/b%7E");
    std::string bytes;
    for (int byte = 1; byte < 256; ++byte) bytes += static_cast<char>(byte);
    BOOST_TEST((percent_decode(percent_encode(bytes)) == bytes));
}

BOOST_AUTO_TEST_SUITE_END()
