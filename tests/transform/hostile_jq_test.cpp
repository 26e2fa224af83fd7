// jq that means harm. As for JavaScript, but what jq cannot stop costs its worker.
#include "tests/transform/running_pool.hpp"

#include <boost/test/unit_test.hpp>

namespace katydid::transform::test {
namespace {

struct JqAttack {
    const char* source;
    const char* message;  ///< how it begins
};

const std::vector<JqAttack> jq_attacks{
    {"def f: f; f", "it ran for more than 50 ms"},
    {"def f: 1 + f; f", "it "},  // needs much time or much memory
    {"[range(1e12)]", "it "},
    {"range(1e12) | {payload: .}", "it yields more than one value"},
    {"[limit(1e12; repeat(1))]", "it "},
    {"last(range(1e12))", "it ran for more than 50 ms"},
    {"\"x\" * 1e9 | {payload: .}", "it "},
    {"{payload: ([range(30)] | reduce .[] as $i (\"x\"; . + .))}", "it "},
    {".[1e9] = 1", "error: Cannot index object with number"},
    {"[] | .[1e8] = 1", "it "},
    {"{payload: (\"a\" * 40 + \"b\" | test(\"^(a+)+$\"))}", "it ran for more than 50 ms"},
    {"input", "error: input: a transform has one input"},
    {"[inputs]", "error: input: a transform has one input"},
    {"now", "error: now: a transform has no clock"},
    {"import \"a\" as a; {}", "syntax error, unexpected import"},
    {"include \"a\"; {}", "syntax error, unexpected include"},
    {"\"/etc/passwd\" | modulemeta", "error: modulemeta: a transform has no files"},
    {"halt", "halt: a transform has to yield an object"},
    {"{} | halt_error", "halt: a transform has to yield an object"},
    {"empty", "it yields nothing"},
    {"{}, {}", "it yields more than one value"},
    {"1", "it must yield an object"},
    {"error", "error: {"},
    {"error(null)", "it yields nothing"},
    {"{headers: {a: \"b\\r\\nc: d\"}}", "header \"a\": the name is no token"},
    {"{path: 1}", "path must be a text"},
    {"{payload: (\"x\" * 1048577)}", "what it returns is larger"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(transform_hostile_jq)

BOOST_AUTO_TEST_CASE(attacks_come_to_nothing)
{
    RunningPool pool;
    for (const auto& [source, message] : jq_attacks) {
        const auto fault = pool.fault(jq(source), payload("{}"));
        BOOST_TEST_CONTEXT(source << ": " << fault.message)
        {
            BOOST_TEST(fault.message.starts_with(message));
            BOOST_TEST(pool.output(jq("{payload: 1}")).payload.value_or("") == "1");
        }
    }
    BOOST_TEST_MESSAGE("workers started: " << pool->state().started);
}

// Goal: what looks like a way out is none.
BOOST_AUTO_TEST_CASE(nothing_to_see)
{
    RunningPool pool;
    const auto output = pool.output(
        jq("{payload: [env, ($ENV | keys), (\"a'b;$(id)\" | @sh), input_filename, "
           "get_search_list, (0 | localtime | mktime), (0 | strflocaltime(\"%Z\"))]}"));
    BOOST_TEST(output.payload.value_or("") == R"([{},["TZ"],"'a'\\''b;$(id)'",null,[],0,"UTC"])");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::transform::test
