#include "hub/core/codec/utf8.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;

BOOST_AUTO_TEST_SUITE(core_utf8)

// Goal: the borders of every length are written and read as the same code point.
BOOST_AUTO_TEST_CASE(borders)
{
    for (const char32_t code :
         {0x01, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF}) {
        std::string text;
        append_utf8(text, code);
        BOOST_TEST(is_utf8(text), text);
        const auto read = first_code_point(text);
        BOOST_TEST((read.is_valid && read.value == code && read.bytes == text.size()), text);
    }
}

// Goal: overlong forms, surrogates, what breaks off and what is beyond Unicode are no UTF-8.
BOOST_AUTO_TEST_CASE(malformed)
{
    for (const std::string_view text :
         {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xFF"}) {
        BOOST_TEST(!is_utf8(text), text);
        BOOST_TEST((!first_code_point(text).is_valid && first_code_point(text).bytes == 1U), text);
    }
    BOOST_TEST(as_utf8("a\xC3(b") == "a\xEF\xBF\xBD(b");
    BOOST_TEST(as_utf8("\xC3\xA9") == "\xC3\xA9");
}

BOOST_AUTO_TEST_SUITE_END()
