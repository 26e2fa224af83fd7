#include "hub/core/codec/encoding.hpp"

#include <boost/test/unit_test.hpp>

namespace katydid {

BOOST_AUTO_TEST_SUITE(core_encoding)

struct Case {
    Encoding encoding;
    std::string_view text;
    std::string_view bytes;
};

// Goal: the vectors of RFC 4648, section 10, read and written.
BOOST_AUTO_TEST_CASE(rfc4648_vectors)
{
    const std::array<Case, 10> cases{{{Encoding::base64, "", ""},
                                      {Encoding::base64, "Zg==", "f"},
                                      {Encoding::base64, "Zm8=", "fo"},
                                      {Encoding::base64, "Zm9v", "foo"},
                                      {Encoding::base64, "Zm9vYmFy", "foobar"},
                                      {Encoding::base64url, "Zm9vYg", "foob"},
                                      {Encoding::base64, "+/+/", "\xfb\xff\xbf"},
                                      {Encoding::base64url, "-_-_", "\xfb\xff\xbf"},
                                      {Encoding::hex, "666f6f626172", "foobar"},
                                      {Encoding::text, "foo bar", "foo bar"}}};
    for (const auto& [encoding, text, bytes] : cases) {
        BOOST_TEST(decode(encoding, text).value_or("no") == bytes, text);
        BOOST_TEST(encode(encoding, bytes) == text);
    }
    BOOST_TEST(decode(Encoding::hex, "FFfe").value_or("no") == "\xff\xfe");
    BOOST_TEST(decode(Encoding::base64url, "Zg==").value_or("no") == "f");
}

// Goal: what is not strictly of the encoding is refused, never guessed.
BOOST_AUTO_TEST_CASE(strict)
{
    const std::array<std::pair<Encoding, std::string_view>, 16> cases{{
        {Encoding::hex, "a"},
        {Encoding::hex, "0g"},
        {Encoding::hex, "0x12"},
        {Encoding::hex, " 12"},
        {Encoding::base64, "Zg"},
        {Encoding::base64, "Zg="},
        {Encoding::base64, "Zg==="},
        {Encoding::base64, "Z=g="},
        {Encoding::base64, "Zh=="},
        {Encoding::base64, "Zm9\n"},
        {Encoding::base64, "-_-_"},
        {Encoding::base64, "===="},
        {Encoding::base64, "Z"},
        {Encoding::base64url, "+/+/"},
        {Encoding::base64url, "Zh"},
        {Encoding::base64url, "Z"},
    }};
    for (const auto& [encoding, text] : cases)
        BOOST_TEST(!decode(encoding, text).has_value(), text << " was decoded");
}

// Goal: a text longer than the buffer is refused, one that just fits is not.
BOOST_AUTO_TEST_CASE(fits_the_buffer)
{
    std::array<char, 3> out{};
    BOOST_TEST(decode(Encoding::base64, "Zm9v", out).value_or(0) == 3U);
    BOOST_TEST(!decode(Encoding::base64, "Zm9vYg==", out).has_value());
    BOOST_TEST(decode(Encoding::hex, "010203", out).value_or(0) == 3U);
    BOOST_TEST(!decode(Encoding::hex, "01020304", out).has_value());
    BOOST_TEST(!decode(Encoding::text, "abcd", out).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid
