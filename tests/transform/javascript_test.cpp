#include "tests/transform/running_pool.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace katydid::transform::test {
namespace {

struct Case {
    const char* body;  ///< of the function
    const char* payload;
    const char* expected;
};
std::ostream& operator<<(std::ostream& out, const Case& row) { return out << row.body; }

std::string body_of(RunningPool& pool, const Program& program, const Input& input)
{
    return pool.output(program, input).payload.value_or("(unchanged)");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transform_javascript)

// Regression: a misspelt member of the result was ignored without a word.
BOOST_AUTO_TEST_CASE(members_that_mean_nothing_are_named)
{
    RunningPool pool;
    const auto misspelt = pool.output(javascript("return {paylod: 1, header: {}, path: '/a'};"));
    BOOST_TEST(misspelt.path.value_or("") == "/a");
    BOOST_TEST(describe_ignored(misspelt)
               == "\"paylod\", \"header\" are ignored: the result has payload, headers, path and "
                  "cancel");
    const auto own = pool.output(javascript("payload.a = 1; return {payload, headers, event};"),
                                 payload("{}"));
    BOOST_TEST(describe_ignored(own).empty());
    const auto many = pool.output(
        javascript("return Object.fromEntries(Array(20).fill().map((_, i) => ['é'.repeat(99) + i, "
                   "1]));"));
    BOOST_TEST(many.ignored.size() == ignored_count_max);
    BOOST_TEST(many.ignored.front().size() == ignored_bytes_max);
    BOOST_TEST(pool.output(javascript("return [1];")).ignored.front() == "0");
    const auto hidden = pool.output(javascript("return Object.create({paylod: 1});"));
    BOOST_TEST(hidden.ignored.empty());
}

// Goal: JavaScript as people write it today.
const std::vector<Case> today{
    {"const {a, ...rest} = payload; return {payload: {...rest, b: a}};", R"({"a":1,"c":2})",
     R"({"c":2,"b":1})"},
    {"return {payload: {text: `${payload.who?.name ?? 'nobody'}: ${payload.n ** 2}`}};",
     R"({"n":3})", R"({"text":"nobody: 9"})"},
    {"return {payload: [...new Map(payload.map(({k, v}) => [k, v])).entries()]};",
     R"([{"k":"a","v":1},{"k":"a","v":2}])", R"([["a",2]])"},
    {"let n = 0n; for (const x of payload) n += BigInt(x); return {payload: {n}};", "[1,2]",
     R"({"n":3})"},
    {"class A { #x = 1; static make() { return new A(); } get x() { return this.#x; } }"
     "return {payload: A.make().x};",
     "0", "1"},
    {"const r = /(?<y>\\d{4})-(?<m>\\d\\d)/u.exec(payload.on).groups;"
     "return {payload: {year: Number(r.y), m: r.m.padStart(3, '0')}};",
     R"({"on":"2026-11-29"})", R"({"year":2026,"m":"011"})"},
    {"payload.a ||= 5; payload.b &&= 6; return {payload: Object.fromEntries(Object.entries(payload)"
     ".filter(([k]) => k !== 'c').sort())};",
     R"({"c":1,"b":1})", R"({"a":5,"b":6})"},
    {"return {payload: payload.flatMap(x => [x, x]).at(-1)};", "[1,2]", "2"},
    {"return {payload: 'text, not JSON: ' + payload};", "plain", "text, not JSON: plain"},
    {"return {payload: typeof payload};", "", "string"},
    {"return {payload: new Date(payload).toISOString()};", "0", "1970-01-01T00:00:00.000Z"},
    {"return {payload: (1234567.891).toLocaleString()};", "0", "1,234,567.891"},
    {"return {};", R"({"as":  "it was"})", "(unchanged)"},
    {"return {payload: null};", "1", "null"},
    {"return {payload: JSON.parse(JSON.stringify(payload))};", R"({"__proto__":1,"a":"\u0000é😀"})",
     R"({"__proto__":1,"a":"\u0000é😀"})"},
};

BOOST_AUTO_TEST_CASE(modern_syntax)
{
    RunningPool pool;
    for (const auto& row : today) BOOST_TEST_CONTEXT(row)
    BOOST_TEST(body_of(pool, javascript(row.body), payload(row.payload)) == row.expected);
}

// Goal: numbers that the code does not touch keep their digits, wherever they are carried.
const std::vector<Case> digits{
    {"return {payload};", R"([9007199254740993,1.0,19.90,-0,1e400,0.1234567890123456789,1,100])",
     R"([9007199254740993,1.0,19.90,-0,1e400,0.1234567890123456789,1,100])"},
    {"return {payload: {id: payload.id, all: {...payload}}};", R"({"id":9007199254740993,"p":1.0})",
     R"({"id":9007199254740993,"all":{"id":9007199254740993,"p":1.0}})"},
    {"return {payload: payload.map(x => ({x})).reverse()};", "[1.0,2.50]",
     R"([{"x":2.50},{"x":1.0}])"},
    {"return {payload: {text: `${payload.id}`, next: payload.id + 1n}};",
     R"({"id":9007199254740993})", R"({"text":"9007199254740993","next":9007199254740994})"},
    {"return {payload: {sum: payload.a + payload.b, one: 1}};", R"({"a":1.50,"b":0.25,"c":1.0})",
     R"({"sum":1.75,"one":1})"},
    {"return {payload: 12345678901234567890123n};", "0", "12345678901234567890123"},
    {"return {payload: {a: NaN, b: undefined, c: Infinity, d: () => 1}};", "0",
     R"({"a":null,"c":null})"},
};

BOOST_AUTO_TEST_CASE(numbers_keep_their_digits)
{
    RunningPool pool;
    for (const auto& row : digits) BOOST_TEST_CONTEXT(row)
    BOOST_TEST(body_of(pool, javascript(row.body), payload(row.payload)) == row.expected);
}

// Goal: the whole contract: what comes in, what goes out.
BOOST_AUTO_TEST_CASE(headers_path_and_cancel)
{
    RunningPool pool;
    Input input = payload("{}");
    input.headers = {{"X-Kind", "a"}, {"Content-Type", "application/json"}};
    input.event = R"({"id":"evt_1","type":"order.paid"})";
    input.now += milliseconds{1'750'000'000'000};
    const auto output = pool.output(
        javascript("return {payload: {kind: headers['x-kind'], type: event.type, "
                   "now: new Date().toISOString(), same: Date.now() === Date.now()}, "
                   "headers: {'X-Count': 3, 'X-Text': 'é'}, path: `/hook/${event.id}`};"),
        input);
    BOOST_TEST(
        output.payload.value_or("")
        == R"({"kind":"a","type":"order.paid","now":"2025-06-15T15:06:40.000Z","same":true})");
    const Headers headers{{"X-Count", "3"}, {"X-Text", "é"}};
    BOOST_TEST((output.headers == headers));
    BOOST_TEST(output.path.value_or("") == "/hook/evt_1");
    BOOST_TEST(!output.cancel);
    const auto cancelled = pool.output(javascript("return {cancel: 'a test order'};"), input);
    BOOST_TEST(cancelled.cancel.value_or("") == "a test order");
}

// Goal: faults say what and where, in the program's own lines and columns.
BOOST_AUTO_TEST_CASE(faults_have_a_place)
{
    RunningPool pool;
    const auto place = [&](std::string source) {
        const auto fault = pool.fault({.source = std::move(source)}, payload("{}"));
        return fault.message + " @" + std::to_string(fault.line) + ':'
               + std::to_string(fault.column);
    };
    BOOST_TEST(place("function transform({payload}) {\n  return payload.a.b;\n}")
               == "TypeError: payload.a is undefined @2:3");
    BOOST_TEST(place("function transform() { throw new RangeError('no'); }")
               == "RangeError: no @1:30");
    BOOST_TEST(place("\n\nfunction transform( {")
               == "SyntaxError: expected property name, got end of script @3:22");
    BOOST_TEST(place("const x = 1; x = 2; function transform() {}")
               == "TypeError: invalid assignment to const 'x' @1:14");
    BOOST_TEST(place("return 1;").starts_with("SyntaxError: return not in function @1:1"));
    BOOST_TEST(place("}); (function() {").starts_with("SyntaxError: "));
    BOOST_TEST(place("const a = 1;")
               == "it defines no function transform({payload, headers, event}) @0:0");
}

// Goal: what cannot be sent is said so.
BOOST_AUTO_TEST_CASE(results_that_cannot_be_sent)
{
    RunningPool pool;
    const std::vector<std::pair<std::string, std::string>> rows{
        {"return 1;", "transform must return an object"},
        {"", "transform must return an object"},
        {"return {payload() {}};", "payload is nothing that JSON has"},
        {"const a = {}; a.a = a; return {payload: a};", "TypeError: cyclic object value"},
        {"return {headers: {'a b': 'c'}};", "header \"a b\": the name is no token"},
        {"return {headers: {a: 'b\\r\\nc: d'}};", "header \"a\": the name is no token"},
        {"return {headers: {a: {}}};", "a header's value must be a text"},
        {"return {headers: 1};", "headers must be an object"},
        {"return {path: 1};", "path must be a text"},
        {"return {cancel: true};", "cancel must be a text"},
        {"return Promise.resolve({payload});", "transform returned a promise"},
        {"return {payload: 'x'.repeat(1024 * 1024 + 1)};", "what it returns is larger"},
        {"return {payload: ['x'.repeat(1024 * 1024)]};", "what it returns is larger"},
        {"return {payload: 'é'.repeat(1024 * 1024)};", "what it returns is larger"},
    };
    for (const auto& [body, message] : rows) {
        const auto fault = pool.fault(javascript(body));
        BOOST_TEST_CONTEXT(body << " → " << fault.message)
        BOOST_TEST(fault.message.starts_with(message));
    }
}

// Goal: check() compiles and does not run.
BOOST_AUTO_TEST_CASE(checks)
{
    RunningPool pool;
    const auto good = pool.check(javascript("while (true) {}"));
    BOOST_REQUIRE(good);
    BOOST_TEST(!*good);
    const auto bad = pool.check(javascript("const = 1;"));
    BOOST_REQUIRE(bad);
    BOOST_REQUIRE(bad->has_value());
    BOOST_TEST((*bad)->line == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::transform::test
