#include "hub/cli/terminal/table.hpp"
#include "hub/core/json/write.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid::cli;

namespace {

constexpr Column columns[] = {{"NAME", "name"}, {"STATE", "state"}, {"LIMIT", "limits.in_flight"}};

constexpr katydid::Timestamp moment{std::chrono::milliseconds{1'750'000'000'000}};

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
    BOOST_TEST(render_table(rows(), columns, {}, moment) == "a\tdead\t16\nlonger\t-\t-\n");
}

// Goal: on a terminal there are titles and straight columns, and colour only where it is wanted.
BOOST_AUTO_TEST_CASE(aligned_on_a_terminal)
{
    Terminal terminal{true, true, false, 80};
    BOOST_TEST(render_table(rows(), columns, terminal, moment)
               == "NAME    STATE  LIMIT\na       dead   16\nlonger  -      -\n");
    terminal.colour = true;
    const auto coloured = render_table(rows(), columns, terminal, moment);
    BOOST_TEST(coloured.find("\x1b[31mdead\x1b[0m") != std::string::npos);
}

// Goal: a terminal that is too narrow cuts the last column and nothing else.
BOOST_AUTO_TEST_CASE(cut_to_the_width)
{
    const Terminal terminal{true, true, false, 17};
    BOOST_TEST(render_table(rows(), columns, terminal, moment).find("STATE  L\xE2\x80\xA6\n")
               != std::string::npos);
    BOOST_TEST(fit("abcdef", 4) == "abc\xE2\x80\xA6");
    BOOST_TEST(fit("abcd", 4) == "abcd");
}

// Goal: one long name does not push the others off the screen.
// Regression: at 80 columns a name of 70 left nothing of the URL but "…".
BOOST_AUTO_TEST_CASE(long_names_leave_room)
{
    const boost::json::array data{{{"name", std::string(70, 'n')}, {"state", "https://a.example"}}};
    const Terminal terminal{true, true, false, 60};
    BOOST_TEST(render_table(data, std::span{columns}.first(2), terminal, moment)
               == "NAME" + std::string(30, ' ') + "STATE\n" + std::string(31, 'n')
                      + "\xE2\x80\xA6  https://a.example\n");
}

// Goal: where there is little room columns go by their rank, and a reason is read whole below its
// row; elsewhere every column is there.
BOOST_AUTO_TEST_CASE(narrow_terminals)
{
    constexpr Column wide[] = {{"ID", "id", Show::text, 1},
                               {"NAME", "name"},
                               {"DUE", "due", Show::time},
                               {"WHY", "why", Show::reason}};
    const auto data = boost::json::parse(R"([
        {"id": "dlv_0123456789012345678901", "name": "billing", "due": "2025-06-15T15:08:50.000Z",
         "why": "the receiver answered 503: come back later, we are closed"},
        {"id": "dlv_0123456789012345678902", "name": "stock", "due": null, "why": null}])")
                          .as_array();
    const Terminal terminal{true, true, false, 40};
    BOOST_TEST(render_table(data, wide, terminal, moment)
               == "NAME     DUE\n"
                  "billing  in 2 min\n"
                  "    the receiver answered 503: come back\n"
                  "    later, we are closed\n"
                  "stock    -\n");
    const auto plain = render_table(data, wide, {}, moment);
    BOOST_TEST(
        plain.starts_with("dlv_0123456789012345678901\tbilling\t2025-06-15T15:08:50.000Z\t"));
}

// Goal: times near and far, before and after, and now.
BOOST_AUTO_TEST_CASE(relative_times)
{
    using namespace std::chrono_literals;
    const std::pair<std::chrono::milliseconds, const char*> table[] = {
        {0ms, "now"},   {999ms, "now"},    {5s, "in 5 s"},      {-61s, "1 min ago"},
        {2h, "in 2 h"}, {-47h, "1 d ago"}, {59min, "in 59 min"}};
    for (const auto& [off, text] : table) BOOST_TEST(relative_time(moment + off, moment) == text);
}

// Goal: numbers are written as people write them.
BOOST_AUTO_TEST_CASE(numbers)
{
    const std::pair<double, const char*> table[] = {{1.0, "1"},         {2.5, "2.5"},
                                                    {0.0, "0"},         {100000.0, "100000"},
                                                    {-0.125, "-0.125"}, {1e30, "1e+30"}};
    for (const auto& [number, text] : table) {
        BOOST_TEST(katydid::json_text::write(number) == text);
        BOOST_TEST(cell_text(number) == text);
    }
    const auto text = R"({"a":[1,2.5,"x\n",null],"b":{}})";
    BOOST_TEST(katydid::json_text::write(boost::json::parse(text)) == text);
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

// Goal: one object is a member a line, with dots for what is nested. Regression: the keys of a new
// source were printed as JSON.
BOOST_AUTO_TEST_CASE(objects_are_flattened)
{
    const auto object = boost::json::parse(R"({"id": "x", "a": {"b": [1, 2], "c": {}}, "n": 5})");
    BOOST_TEST(render_object(object.as_object(), {}) == "id\tx\na.b\t1,2\na.c\t-\nn\t5\n");
    const auto source = boost::json::parse(
        R"({"keys": [{"id": "a", "active": true}, {"id": "b"}], "schemes": []})");
    BOOST_TEST(render_object(source.as_object(), {})
               == "keys.0.id\ta\nkeys.0.active\ttrue\nkeys.1.id\tb\nschemes\t-\n");
    BOOST_TEST(render_object({}, {}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
