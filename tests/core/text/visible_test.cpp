#include "hub/core/text/visible.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;

BOOST_AUTO_TEST_SUITE(core_visible)

// Goal: what a terminal acts on, what turns the direction of a text and what nobody sees is written
// out; letters of every script and emoji stay.
BOOST_AUTO_TEST_CASE(hidden_characters_are_escaped)
{
    BOOST_TEST(visible("invoice\xE2\x80\xAE"
                       "fdp.exe")
               == "invoice\\u202Efdp.exe");
    BOOST_TEST(visible("\x1b[2J\n\x7f\xC2\x9B") == "\\u001B[2J\\u000A\\u007F\\u009B");
    for (const char32_t code : {0x200BU, 0x200EU, 0x202AU, 0x202DU, 0x2066U, 0x2069U, 0x061CU,
                                0x2060U, 0xFEFFU, 0x00ADU, 0x2028U, 0x180EU, 0xE0041U})
        BOOST_TEST(is_invisible(code), static_cast<unsigned>(code));
    for (const auto* plain :
         {"", "abc", "\xC3\xA4\xC3\xB6\xC3\xBC", "\xE4\xBD\xA0\xE5\xA5\xBD", "\xD8\xA7\xD9\x84",
          "\xF0\x9F\xA6\x97", "\xE2\x9D\xA4\xEF\xB8\x8F", "\xC2\xA0"})
        BOOST_TEST(visible(plain) == plain);
    BOOST_TEST(visible("a\x9Bz\xFF") == "a\xEF\xBF\xBDz\xEF\xBF\xBD");
    BOOST_TEST(visible("\xE2\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD");
}

// Goal: a JSON text stays one, of the same value.
BOOST_AUTO_TEST_CASE(json_keeps_its_value)
{
    const boost::json::value value{{"a\xE2\x80\xAE", "x\x7F\xC2\x85\xF3\xA0\x81\x81y\n"}};
    const auto shown = visible(boost::json::serialize(value));
    BOOST_TEST(shown.find("\\u202E") != std::string::npos);
    BOOST_TEST(shown.find("\\uDB40\\uDC41") != std::string::npos);
    BOOST_TEST((boost::json::parse(shown) == value));
}

BOOST_AUTO_TEST_SUITE_END()
