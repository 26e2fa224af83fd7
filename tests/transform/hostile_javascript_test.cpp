// Code that means harm. In every case the program gets a fault or a harmless answer, in good time,
// and the next program on the same worker finds everything as it was.
#include "tests/transform/running_pool.hpp"

#include <boost/test/unit_test.hpp>

namespace katydid::transform::test {
namespace {

struct Attack {
    const char* what;
    const char* body;
    Fault::Kind kind;
    const char* message;  ///< how it begins
};

using Kind = Fault::Kind;

const std::vector<Attack> attacks{
    {"endless loop", "while (true) {}", Kind::time, "it ran for more than 50 ms"},
    {"endless loop that catches", "while (true) { try { while (true) {} } catch {} finally {} }",
     Kind::time, "it ran for more than 50 ms"},
    {"endless generator", "for (const x of (function* () { while (true) yield 1; })()) {}",
     Kind::time, "it ran for more than 50 ms"},
    {"catastrophic regex", "return {payload: /^(a+)+$/.test('a'.repeat(40) + 'b')};", Kind::time,
     "it ran for more than 50 ms"},
    {"endless getter", "return {get payload() { while (true) {} }};", Kind::time,
     "it ran for more than 50 ms"},
    {"endless toJSON", "return {payload: {toJSON() { while (true) {} }}};", Kind::time,
     "it ran for more than 50 ms"},
    {"endless proxy", "return {payload: new Proxy({}, {ownKeys() { while (true) {} }})};",
     Kind::time, "it ran for more than 50 ms"},
    {"endless sort", "return {payload: [3, 2, 1].sort(() => { while (true) {} })};", Kind::time,
     "it ran for more than 50 ms"},
    {"recursion", "return transform({payload});", Kind::thrown,
     "InternalError: too much recursion"},
    {"recursion in a getter", "const o = {get payload() { return o.payload; }}; return o;",
     Kind::thrown, "InternalError: too much recursion"},
    {"deep result", "let a = []; for (let i = 0; i < 1e5; ++i) a = [a]; return {payload: a};",
     Kind::thrown, "InternalError: too much recursion"},
    {"long string", "return {payload: 'x'.repeat(2 ** 30 - 2)};", Kind::result,
     "what it returns is larger"},
    {"long string that is looked into", "return {payload: 'xy'.repeat(2 ** 28).match(/z/)};",
     Kind::memory, "it needs more than 32 MiB of memory"},
    {"too long string", "return {payload: 'x'.repeat(2 ** 31)};", Kind::thrown, "RangeError: "},
    {"doubled string", "let s = 'x'; while (true) s += s;", Kind::thrown,
     "InternalError: allocation"},
    {"rope",
     "let s = 'x'.repeat(1024); for (let i = 0; i < 19; ++i) s += s;"
     "return {payload: s};",
     Kind::result, "what it returns is larger"},
    {"long array", "return {payload: new Array(2 ** 32)};", Kind::thrown,
     "RangeError: invalid array length"},
    {"array of holes", "return {payload: new Array(2 ** 32 - 1)};", Kind::time, ""},
    {"filled array", "return {payload: new Array(2 ** 31).fill('x')};", Kind::time, ""},
    {"much memory", "const a = []; while (true) a.push({a: a.length, b: [1, 2, 3]});", Kind::memory,
     ""},
    {"much memory beside the heap", "const a = []; while (true) a.push(new Uint8Array(1e6));",
     Kind::memory, ""},
    {"memory that is caught",
     "for (;;) { try { const a = []; for (;;) a.push(new Uint8Array(1e6)); } catch {} }",
     Kind::time, ""},
    {"thrown text", "throw 'nothing';", Kind::thrown, "uncaught exception: nothing"},
    {"thrown nothing", "throw undefined;", Kind::thrown, "uncaught exception: undefined"},
    {"thrown proxy", "throw new Proxy({}, {get() { while (true) {} }});", Kind::thrown,
     "uncaught exception"},
    {"thrown object that says too much", "throw {toString() { while (true) {} }};", Kind::thrown,
     "uncaught exception"},
    {"thrown long text", "throw new Error('é'.repeat(1e5));", Kind::thrown, "Error: éé"},
    {"promise that never settles", "return new Promise(() => {});", Kind::result,
     "transform returned a promise"},
    {"async function", "return (async () => { await null; while (true) {} })();", Kind::result,
     "transform returned a promise"},
    {"frozen prototype", "(() => { 'use strict'; Object.prototype.x = 1; })();", Kind::thrown,
     "TypeError: "},
    {"frozen global", "(() => { 'use strict'; globalThis.x = 1; })();", Kind::thrown,
     "TypeError: "},
    {"undeclared variable", "(() => { 'use strict'; x = 1; })();", Kind::thrown,
     "ReferenceError: "},
    {"redefined builtin", "Object.defineProperty(Array.prototype, 'map', {value: 1});",
     Kind::thrown, "TypeError: "},
    {"new prototype", "Object.setPrototypeOf(Array.prototype, {x: 1});", Kind::thrown,
     "TypeError: "},
    {"timers", "setTimeout(() => {}, 1);", Kind::thrown,
     "ReferenceError: setTimeout is not defined"},
    {"files", "return {payload: read('/etc/passwd')};", Kind::thrown,
     "ReferenceError: read is not defined"},
    {"modules", "return {payload: require('fs')};", Kind::thrown,
     "ReferenceError: require is not defined"},
    {"dynamic import", "import('fs'); return {get payload() { return x; }};", Kind::thrown,
     "ReferenceError: x is not defined"},
    {"sockets", "return {payload: fetch('http://127.0.0.1')};", Kind::thrown,
     "ReferenceError: fetch is not defined"},
    {"/proc", "return {payload: snarf('/proc/self/environ')};", Kind::thrown,
     "ReferenceError: snarf is not defined"},
    {"shared memory", "return {payload: new SharedArrayBuffer(1)};", Kind::thrown,
     "ReferenceError: SharedArrayBuffer is not defined"},
    {"waiting", "Atomics.wait(new Int32Array(8), 0, 0);", Kind::thrown,
     "ReferenceError: Atomics is not defined"},
    {"machine code", "return {payload: new WebAssembly.Module(new Uint8Array(8))};", Kind::thrown,
     "ReferenceError: WebAssembly is not defined"},
    {"big numbers", "let n = 3n; while (true) n *= n;", Kind::thrown, ""},
    {"big number in the payload", "return {payload: 9n ** 999999n};", Kind::time, ""},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(transform_hostile_javascript)

BOOST_AUTO_TEST_CASE(attacks_come_to_nothing)
{
    RunningPool pool;
    const auto harmless = javascript("return {payload: {sum: payload.map(x => x + 1), "
                                     "leaks: [typeof x, typeof leak, Object.keys(globalThis)]}};");
    for (const auto& [what, body, kind, message] : attacks) {
        const auto fault = pool.fault(javascript(body));
        BOOST_TEST_CONTEXT(what << ": " << fault.message)
        {
            // What ends by time on one machine may end by memory on another.
            const bool by_limit = fault.kind == Kind::time || fault.kind == Kind::memory;
            BOOST_TEST((fault.kind == kind || (by_limit && *message == '\0')
                        || (kind == Kind::thrown && *message == '\0')));
            BOOST_TEST(fault.message.starts_with(message));
            BOOST_TEST(fault.message.size() <= message_bytes_max);
            const auto after = pool.output(harmless, payload("[1,2]"));
            BOOST_TEST(after.payload.value_or("")
                       == R"({"sum":[2,3],"leaks":["undefined","undefined",[]]})");
        }
    }
    BOOST_TEST_MESSAGE("workers started: " << pool->state().started);
}

// Goal: nothing that a program leaves anywhere is there when it, or another one, runs again.
BOOST_AUTO_TEST_CASE(nothing_is_kept)
{
    const std::vector<std::pair<std::string, std::string>> places{
        {"globalThis.leak = payload", "globalThis.leak"},
        {"leak = payload", "typeof leak === 'undefined' ? undefined : leak"},
        {"Object.prototype.leak = payload", "({}).leak"},
        {"Array.prototype.push.leak = payload", "[].push.leak"},
        {"payload.constructor.leak = payload", "payload.constructor.leak"},
        {"payload.__proto__.leak = payload", "payload.leak"},
        {"(() => {}).constructor.prototype.leak = payload", "(() => {}).leak"},
        {"(function* () {}).constructor.prototype.leak = payload", "(function* () {}).leak"},
        {"(async () => {}).constructor.leak = payload", "(async () => {}).constructor.leak"},
        {"[][Symbol.iterator]().__proto__.leak = payload", "[][Symbol.iterator]().leak"},
        {"new Map().entries().__proto__.leak = payload", "new Map().entries().leak"},
        {"''.matchAll(/x/g).__proto__.leak = payload", "''.matchAll(/x/g).leak"},
        {"Int8Array.__proto__.leak = payload", "Int8Array.leak"},
        {"Symbol.for('a').__proto__.leak = payload", "Symbol.for('a').leak"},
        {"Intl.NumberFormat.leak = payload", "Intl.NumberFormat.leak"},
        {"Math.leak = payload", "Math.leak"},
        {"JSON.leak = payload", "JSON.leak"},
        {"Error.prototype.message = payload", "Error.prototype.message || undefined"},
        {"Object.prototype.toString = payload",
         "typeof ({}).toString === 'function' ? undefined : 1"},
        {"Object.getOwnPropertyDescriptor(Object.prototype, 'toString').get.leak = payload",
         "Object.getOwnPropertyDescriptor(Object.prototype, 'toString').get.leak"},
        {"new Function('leak = 1')()", "typeof leak === 'undefined' ? undefined : leak"},
        {"(0, eval)('var leak = 1')", "typeof leak === 'undefined' ? undefined : leak"},
        {"/secret/.test('a secret')", "RegExp.lastMatch || RegExp.input || undefined"},
        {"transform.leak = payload", "transform.leak"},
        {"top.leak = payload", "top.leak"},
        {"count += 1", "count === 0 ? undefined : count"},
        {"tag`x`.leak = payload", "tag`x`.leak"},
    };
    RunningPool pool;
    for (const auto& [write, read] : places) {
        const Program program{.source = "const top = {}; let count = 0; const tag = (x) => x;"
                                        "function transform({payload}) {"
                                        "  if (payload.write) { try { "
                                        + write
                                        + "; } catch {} }"
                                          "  return {payload: {found: "
                                        + read
                                        + "}};"
                                          "}"};
        Program other = program;
        other.source += " // another tenant's";
        for (int i = 0; i < 2; ++i) pool.run(program, payload(R"({"write":true})"));
        BOOST_TEST_CONTEXT(write)
        {
            BOOST_TEST(pool.output(program, payload("{}")).payload.value_or("") == "{}");
            BOOST_TEST(pool.output(other, payload("{}")).payload.value_or("") == "{}");
        }
    }
    BOOST_TEST(pool->state().started == 1);
}

// Goal: the same input gives the same output: there is no clock, no randomness, no garbage to see.
BOOST_AUTO_TEST_CASE(runs_are_repeatable)
{
    RunningPool pool;
    const auto program = javascript(
        "const missing = ['performance', 'WeakRef', 'FinalizationRegistry', 'crypto', 'gc']"
        "  .filter((name) => name in globalThis);"
        "return {payload: [Date.now(), typeof Math.random, missing, String(new Date())]};");
    const auto first = pool.output(program).payload.value_or("");
    BOOST_TEST(first == R"x([0,"undefined",[],"Thu Jan 01 1970 00:00:00 GMT+0000 (GMT)"])x");
    BOOST_TEST(pool.output(program).payload.value_or("") == first);
}

// Goal: code that is strict about its classes works although everything it inherits is frozen.
BOOST_AUTO_TEST_CASE(frozen_objects_can_be_inherited_from)
{
    RunningPool pool;
    auto program = javascript(
        "class Mine extends Error {"
        "  constructor(m) { super(m); this.name = 'Mine'; this.message = m + '!'; } }"
        "const o = {}; o.toString = () => 'own'; o.constructor = 1; o.hasOwnProperty = 2;"
        "const p = Object.create(Error.prototype); p.name = 'P';"
        "return {payload: [String(new Mine('x')), `${o}`, Object.keys(o), p.name]};");
    program.source.insert(0, "'use strict';");
    BOOST_TEST(pool.output(program).payload.value_or("")
               == R"(["Mine: x!","own",["toString","constructor","hasOwnProperty"],"P"])");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::transform::test
