#include "hub/cli/terminal/keys.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid::cli;

namespace {

std::vector<KeyKind> kinds_of(const std::vector<KeyPress>& keys)
{
    std::vector<KeyKind> kinds;
    for (const auto& key : keys) kinds.push_back(key.kind);
    return kinds;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_keys)

// Goal: both forms of the cursor keys, and keys beside each other in one read.
BOOST_AUTO_TEST_CASE(sequences)
{
    KeyDecoder decoder;
    const auto keys = decoder.feed("\x1b[A\x1b[B\x1bOA\x1b[5~\x1b[6~\x1b[Hj\r\x7f");
    const std::vector expected{KeyKind::up,        KeyKind::down,      KeyKind::up,
                               KeyKind::page_up,   KeyKind::page_down, KeyKind::home,
                               KeyKind::character, KeyKind::enter,     KeyKind::backspace};
    BOOST_TEST((kinds_of(keys) == expected));
    BOOST_TEST(!decoder.is_waiting());
}

// Goal: a sequence or a character in two reads is one key.
BOOST_AUTO_TEST_CASE(pieces)
{
    KeyDecoder decoder;
    BOOST_TEST(decoder.feed("\x1b").empty());
    BOOST_TEST(decoder.feed("[").empty());
    BOOST_TEST((kinds_of(decoder.feed("B")) == std::vector{KeyKind::down}));
    BOOST_TEST(decoder.feed("\xC3").empty());
    const auto keys = decoder.feed("\xA6");
    BOOST_REQUIRE(keys.size() == 1U);
    BOOST_TEST(keys[0].text == "\xC3\xA6");
}

// Goal: an escape alone is a key once nothing follows.
BOOST_AUTO_TEST_CASE(escape_alone)
{
    KeyDecoder decoder;
    BOOST_TEST(decoder.feed("\x1b").empty());
    BOOST_TEST(decoder.is_waiting());
    BOOST_TEST((kinds_of(decoder.settle()) == std::vector{KeyKind::escape}));
    BOOST_TEST(decoder.settle().empty());
}

// Goal: what is unknown, no UTF-8 or a control character is nothing, and never waits for ever.
BOOST_AUTO_TEST_CASE(nonsense)
{
    KeyDecoder decoder;
    BOOST_TEST(decoder.feed("\x1b[200~\x01\x02\xff\xfe\x80").empty());
    decoder.settle();
    BOOST_TEST((kinds_of(decoder.feed("q")) == std::vector{KeyKind::character}));
    decoder.feed("\x1b[" + std::string(100, '1'));
    BOOST_TEST(!decoder.is_waiting());
}

BOOST_AUTO_TEST_SUITE_END()
