#include "hub/core/json/write.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

using katydid::json_text::write;

BOOST_AUTO_TEST_SUITE(core_json_write)

// Goal: numbers are written as people write them, and everything reads back as the same value.
BOOST_AUTO_TEST_CASE(numbers_as_people_write_them)
{
    const std::pair<const char*, const char*> rows[] = {
        {"1.0", "1"},
        {"2.5", "2.5"},
        {"1e3", "1000"},
        {"-0.25", "-0.25"},
        {"1e20", "1e+20"},
        {"1e-9", "1e-09"},
        {"0.1", "0.1"},
        {"0.000001", "0.000001"},
        {"-7", "-7"},
        {"18446744073709551615", "18446744073709551615"},
        {"[1.5, [], {}]", "[1.5,[],{}]"},
        {R"({"a\"b": [true, null, "ü"], "c": {"d": 0.5}})",
         R"({"a\"b":[true,null,"ü"],"c":{"d":0.5}})"},
    };
    for (const auto& [text, written] : rows) {
        BOOST_TEST(write(boost::json::parse(text)) == written);
        const auto again = write(boost::json::parse(written));
        BOOST_TEST(again == written);
    }
}

BOOST_AUTO_TEST_SUITE_END()
