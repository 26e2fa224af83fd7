#include "tests/transform/running_pool.hpp"

#include <boost/test/unit_test.hpp>

namespace katydid::transform::test {

BOOST_AUTO_TEST_SUITE(transform_jq)

// Goal: jq gets what JavaScript gets, and yields one such object.
BOOST_AUTO_TEST_CASE(programs_run)
{
    RunningPool pool;
    Input input = payload(R"({"items":[{"n":1},{"n":2}]})");
    input.headers = {{"X-Kind", "a"}};
    input.event = R"({"id":"evt_1","type":"order.paid"})";
    const auto output = pool.output(
        jq("{payload: {sum: ([.payload.items[].n] | add), type: .event.type},\n"
           " headers: {\"X-Was\": .headers[\"x-kind\"]}, path: \"/\\(.event.id)\"}"),
        input);
    BOOST_TEST(output.payload.value_or("") == R"({"sum":3,"type":"order.paid"})");
    const Headers headers{{"X-Was", "a"}};
    BOOST_TEST((output.headers == headers));
    BOOST_TEST(output.path.value_or("") == "/evt_1");
    BOOST_TEST(pool.output(jq("{}"), input).payload.value_or("unchanged") == "unchanged");
    BOOST_TEST(pool.output(jq("{payload: .payload}"), payload("no JSON")).payload.value_or("")
               == "no JSON");
    BOOST_TEST(pool.output(jq("{cancel: \"a test\"}")).cancel.value_or("") == "a test");
}

// Regression: a misspelt member of the result was ignored without a word.
BOOST_AUTO_TEST_CASE(members_that_mean_nothing_are_named)
{
    RunningPool pool;
    const auto output = pool.output(jq("{paylod: 1, path: \"/a\"}"));
    BOOST_TEST(output.path.value_or("") == "/a");
    BOOST_TEST(describe_ignored(output)
               == "\"paylod\" is ignored: the result has payload, headers, path and cancel");
    const auto same = pool.output(jq(".payload.a = 1"), payload("{}"));
    BOOST_TEST(same.payload.value_or("") == R"({"a":1})");
    BOOST_TEST(describe_ignored(same).empty());
}

// Goal: the second run of a program is its own: nothing of the first is left.
BOOST_AUTO_TEST_CASE(programs_are_kept_and_nothing_else)
{
    RunningPool pool;
    const auto program = jq(
        "if .payload == {\"fail\": true} then error(\"no\") else {payload: .payload} end");
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(pool.fault(program, payload(R"({"fail":true})")).message == "error: no");
        BOOST_TEST(pool.output(program, payload("[1]")).payload.value_or("") == "[1]");
    }
    BOOST_TEST(pool->state().started == 1);
}

// Goal: faults have the program's own lines.
BOOST_AUTO_TEST_CASE(faults_have_a_place)
{
    RunningPool pool;
    const auto syntax = pool.fault(jq("{payload:\n .a b}"));
    BOOST_TEST(syntax.line == 2);
    BOOST_TEST(syntax.message.starts_with("syntax error, unexpected IDENT"));
    BOOST_TEST(syntax.message.find("shell") == std::string::npos, syntax.message);
    const auto unknown = pool.fault(jq("\n\nfoo"));
    BOOST_TEST(unknown.message == "foo/0 is not defined");
    BOOST_TEST(unknown.line == 3);
    BOOST_TEST(pool.fault(jq(std::string{"{}\0}", 4})).message == "the program has a zero byte");
    const auto checked = pool.check(jq("{"));
    BOOST_REQUIRE(checked && checked->has_value());
    const auto fine = pool.check(jq("def f: f; f"));
    BOOST_REQUIRE(fine);
    BOOST_TEST(!*fine);
}

// Goal: what jq does to numbers, which the documentation tells people.
BOOST_AUTO_TEST_CASE(numbers_are_doubles)
{
    RunningPool pool;
    BOOST_TEST(
        pool.output(jq("{payload}"), payload("[9007199254740993,1.0,0.1]")).payload.value_or("")
        == "[9007199254740992,1,0.1]");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::transform::test
