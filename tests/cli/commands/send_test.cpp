// katydid send against a hub: files with many events.
#include <katydid/hub.hpp>

#include "tests/cli/commands/operator.hpp"

using namespace katydid;
using test::Operator;
using test::with_operator;

BOOST_AUTO_TEST_SUITE(cli_send)

// Goal: a batch is cut by its bytes too: 300 events of 20 KB are several calls.
BOOST_AUTO_TEST_CASE(large_batches_are_cut)
{
    with_operator([](const Operator& person) {
        const std::string line = R"({"type": "a.b", "data": ")" + std::string(20'000, 'x')
                                 + "\"}\n";
        std::string lines;
        for (int i = 0; i < 300; ++i) lines += line;
        const auto sent = person.run({"send", "--batch", "-"}, lines);
        BOOST_TEST(sent.exit_code == 0, sent.error);
        BOOST_TEST(sent.out == "300 events accepted\n");
    });
}

// Goal: blank lines, CRLF and a last line without an end are no events.
// Regression: a mistake was named by its place in the call ("/2"), not by its line in the file.
BOOST_AUTO_TEST_CASE(mistakes_are_named_by_their_line)
{
    with_operator([](const Operator& person) {
        const std::string event = R"({"type": "a.b", "data": 1})";
        const auto fine = person.run({"send", "--batch", "-"},
                                     "\r\n  \n" + event + "\r\n\n" + event);
        BOOST_TEST(fine.out == "2 events accepted\n", fine.error);
        std::string many;
        for (int i = 0; i < 110; ++i) many += event + "\n";
        const auto bad = person.run({"send", "--batch", "-"},
                                    many + "\n{\n" + R"({"type": "a b", "data": 1})" + "\n");
        BOOST_TEST(bad.exit_code == 2);
        BOOST_TEST(bad.error.starts_with("katydid send: line 112 is not valid JSON: "), bad.error);
        BOOST_TEST((bad.error.find("\n  line 113: type may have 1 to") != std::string::npos),
                   bad.error);
        BOOST_TEST(bad.error.ends_with("\n  sent before: 100 events\n"), bad.error);
    });
}

// Goal: a repeated file is harmless, and an id that another event has is told.
// Regression: such an event was counted as accepted, and was lost.
BOOST_AUTO_TEST_CASE(repeats_and_conflicts_are_told)
{
    with_operator([](const Operator& person) {
        const auto lines = [](int last) {
            return R"({"type": "a.b", "id": "one", "data": 1})"
                   "\n\n"
                   R"({"type": "a.b", "id": "two", "data": )"
                   + std::to_string(last) + "}\n";
        };
        BOOST_TEST(person.run({"send", "--batch", "-"}, lines(2)).out == "2 events accepted\n");
        const auto again = person.run({"send", "--batch", "-"}, lines(2));
        BOOST_TEST(again.exit_code == 0, again.error);
        BOOST_TEST(again.out == "0 events accepted, 2 accepted before\n");
        const auto conflict = person.run({"send", "--batch", "-"}, lines(3));
        BOOST_TEST(conflict.exit_code == 1);
        BOOST_TEST(conflict.error.starts_with("katydid send: line 3: its id was published before"),
                   conflict.error);
    });
}

// Goal: a mistake of the command line is found before anything is sent.
// Regression: `--wait abc` sent the event first, and --batch ignored --wait, --id and others.
BOOST_AUTO_TEST_CASE(nothing_is_sent_by_mistake)
{
    with_operator([](const Operator& person) {
        const auto wait = person.run({"send", "a.b", "--data", "1", "--wait", "abc"});
        BOOST_TEST(wait.exit_code == 2);
        BOOST_TEST(wait.error == "katydid send: --wait takes a duration such as 30s\n");
        const auto both = person.run({"send", "--batch", "-", "--wait", "1s"},
                                     R"({"type": "a.b", "data": 1})");
        BOOST_TEST(both.exit_code == 2);
        BOOST_TEST(both.error == "katydid send: --batch excludes --wait\n");
        const auto folder = person.run({"send", "--batch", person.folder().string()});
        BOOST_TEST(folder.exit_code == 2);
        BOOST_TEST(folder.error
                   == "katydid send: cannot read the file " + person.folder().string() + "\n");
        BOOST_TEST(person.json({"events", "list"}).as_array().empty());
    });
}

BOOST_AUTO_TEST_SUITE_END()
