#include "hub/cli/terminal/table.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid::cli;

namespace {

constexpr Column columns[] = {{"NAME", "name"}, {"STATE", "state"}, {"LIMIT", "limits.in_flight"}};

boost::json::array rows()
{
    return boost::json::parse(R"([{"name": "a", "state": "dead", "limits": {"in_flight": 16}},
                                  {"name": "longer", "state": null}])")
        .as_array();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_table)

// Goal: where nobody looks a list is cells between tabs, for cut and awk.
BOOST_AUTO_TEST_CASE(plain_where_there_is_no_terminal)
{
    BOOST_TEST(render_table(rows(), columns, {}) == "a\tdead\t16\nlonger\t-\t-\n");
}

// Goal: on a terminal there are titles and straight columns, and colour only where it is wanted.
BOOST_AUTO_TEST_CASE(aligned_on_a_terminal)
{
    Terminal terminal{true, true, false, 80};
    BOOST_TEST(render_table(rows(), columns, terminal)
               == "NAME    STATE  LIMIT\na       dead   16\nlonger  -      -\n");
    terminal.colour = true;
    const auto coloured = render_table(rows(), columns, terminal);
    BOOST_TEST(coloured.find("\x1b[31mdead\x1b[0m") != std::string::npos);
}

// Goal: a terminal that is too narrow cuts the last column and nothing else.
BOOST_AUTO_TEST_CASE(cut_to_the_width)
{
    const Terminal terminal{true, true, false, 17};
    BOOST_TEST(render_table(rows(), columns, terminal).find("STATE  L\xE2\x80\xA6\n")
               != std::string::npos);
    BOOST_TEST(fit("abcdef", 4) == "abc\xE2\x80\xA6");
    BOOST_TEST(fit("abcd", 4) == "abcd");
}

// Goal: what a stranger wrote cannot move a cursor, colour a line or rename a window.
BOOST_AUTO_TEST_CASE(control_characters_are_not_printed)
{
    BOOST_TEST(cell_text(boost::json::value("a\x1b[2Jb\n\x7f\xC2\x9Bz"))
               == "a\xEF\xBF\xBD[2Jb\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz");
    BOOST_TEST(cell_text("invoice\xE2\x80\xAEpdf.exe\x9B") == "invoice\\u202Epdf.exe\xEF\xBF\xBD");
    BOOST_TEST(cell_text("\xC3\xA4\xF0\x9F\xA6\x97") == "\xC3\xA4\xF0\x9F\xA6\x97");
    BOOST_TEST(cell_text(boost::json::value("M\xC3\xBCller")) == "M\xC3\xBCller");
}

// Goal: one object is a member a line, with dots for what is nested.
BOOST_AUTO_TEST_CASE(objects_are_flattened)
{
    const auto object = boost::json::parse(R"({"id": "x", "a": {"b": [1, 2], "c": {}}, "n": 5})");
    BOOST_TEST(render_object(object.as_object(), {}) == "id\tx\na.b\t1,2\na.c\t-\nn\t5\n");
}

BOOST_AUTO_TEST_SUITE_END()
