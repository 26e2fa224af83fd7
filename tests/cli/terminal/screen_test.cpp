#include "hub/cli/terminal/screen.hpp"

#include "hub/cli/terminal/terminal.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid::cli;

BOOST_AUTO_TEST_SUITE(cli_screen)

// Goal: the first picture is written whole, the next ones only where they differ.
BOOST_AUTO_TEST_CASE(only_what_differs)
{
    Painter painter;
    const ScreenSize size{20, 3};
    BOOST_TEST(painter.paint({"a", "b"}, size)
               == "\x1b[2J\x1b[1;1Ha\x1b[0m\x1b[K\x1b[2;1Hb\x1b[0m\x1b[K");
    BOOST_TEST(painter.paint({"a", "b"}, size).empty());
    BOOST_TEST(painter.paint({"a", "c"}, size) == "\x1b[2;1Hc\x1b[0m\x1b[K");
    BOOST_TEST(painter.paint({"a"}, size) == "\x1b[2;1H\x1b[0m\x1b[K");
}

// Goal: after a change of size, or when something else wrote, it is whole again.
BOOST_AUTO_TEST_CASE(whole_again)
{
    Painter painter;
    painter.paint({"a"}, {20, 3});
    BOOST_TEST(painter.paint({"a"}, {21, 3}).starts_with("\x1b[2J"));
    painter.forget();
    BOOST_TEST(painter.paint({"a"}, {21, 3}).starts_with("\x1b[2J"));
    // More lines than rows are not written.
    BOOST_TEST(painter.paint({"a", "b"}, {21, 1}).find('b') == std::string::npos);
}

// Goal: wide characters take two columns and are never cut in half; what stands upon another none.
BOOST_AUTO_TEST_CASE(columns_of_characters)
{
    const std::string wide = "\xE6\xBC\xA2\xE5\xAD\x97";  // two ideographs
    const std::string combined = "e\xCC\x81";             // e and an acute accent
    const std::string emoji = "\xF0\x9F\x98\x80";
    BOOST_TEST(width_of(wide) == 4U);
    BOOST_TEST(width_of(combined) == 1U);
    BOOST_TEST(width_of(emoji) == 2U);
    BOOST_TEST(width_of("\xC3\xA6\xC3\xB8") == 2U);
    BOOST_TEST(fit(wide + "x", 4) == "\xE6\xBC\xA2\xE2\x80\xA6");
    BOOST_TEST(width_of(fit(wide + wide, 6)) <= 6U);
    BOOST_TEST(fit(combined + "bc", 3) == combined + "bc");
}

BOOST_AUTO_TEST_SUITE_END()
