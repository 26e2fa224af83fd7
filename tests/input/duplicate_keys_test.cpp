#include "hub/input/duplicate_keys.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid::input;

BOOST_AUTO_TEST_SUITE(input_duplicate_keys)

// Goal: the first name that comes twice in one object, wherever, however it is escaped.
BOOST_AUTO_TEST_CASE(first_duplicate)
{
    BOOST_TEST(!find_duplicate_key(R"({"a":{"b":1},"b":[{"a":1},{"a":2}]})").has_value());
    BOOST_TEST(find_duplicate_key(R"({"a":1,"b":2,"a":3})").value() == "/a");
    BOOST_TEST(find_duplicate_key(R"({"l":[1,{"x":{"y":1,"\u0079":2}}]})").value() == "/l/1/x/y");
    BOOST_TEST(find_duplicate_key(R"([{},[{"a/b":1,"a/b":1}]])").value() == "/1/0/a~1b");
    BOOST_TEST(!find_duplicate_key(R"({"data":{"x":1,"x":2},"a":1})", "data").has_value());
    BOOST_TEST(find_duplicate_key(R"({"data":[{"x":1}],"data":1})", "data").value() == "/data");
    BOOST_TEST(find_duplicate_key(R"({"in":{"data":{"x":1,"x":2}}})", "data").value()
               == "/in/data/x");
    BOOST_TEST(!find_duplicate_key("{\"a\":").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
