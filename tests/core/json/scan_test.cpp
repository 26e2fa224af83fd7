#include "hub/core/json/rewrite.hpp"
#include "hub/core/json/parse.hpp"
#include "hub/core/json/scan.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <array>

using namespace katydid;

namespace {

std::string at(std::string_view text, std::string_view pointer)
{
    return std::string{json_text::find(text, pointer).value_or("absent")};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_json_scan)

// Goal: the grammar is RFC 8259's, and nothing beside it passes.
BOOST_AUTO_TEST_CASE(grammar)
{
    for (const std::string text : {"0",
                                   "-0",
                                   "1.5e+3",
                                   "1E-9",
                                   "-12.0",
                                   "\"\"",
                                   "true",
                                   "false",
                                   "null",
                                   "[]",
                                   "{}",
                                   " [ ] ",
                                   "[1,2]",
                                   R"({"a":1,"b":[{},{"c":null}]})",
                                   R"("\u00e9\"\\\/\b\f\n\r\t")",
                                   R"("\ud83d")",
                                   R"({"":""})",
                                   "\xEF\xBB\xBF{}",
                                   "[[[[]]],{}]",
                                   "\"\xC3\xA9\"",
                                   " \t\r\n1 "})
        BOOST_TEST(json_text::is_json(text), text);
    for (const std::string text : {"",           " ",
                                   "01",         "1.",
                                   ".5",         "-",
                                   "+1",         "1e",
                                   "tru",        "nul",
                                   "True",       "[1,]",
                                   "[,1]",       "{\"a\"}",
                                   "{\"a\":}",   "{a:1}",
                                   "{\"a\":1,}", "[1 2]",
                                   "[1}",        "{]",
                                   "[",          "{\"a\":[",
                                   "\"",         "\"a",
                                   "\"\\x\"",    "\"\\u12g4\"",
                                   "\"\\u12\"",  "\"a\nb\"",
                                   "{} x",       "1 2",
                                   "[]]",        "'a'",
                                   "\"\xff\"",   "\xEF\xBB\xBF",
                                   "{\"a\" 1}",  "NaN",
                                   "[1]\\",      "{\"a\":1 \"b\":2}",
                                   "//x\n1"})
        BOOST_TEST(!json_text::is_json(text), text);
    BOOST_TEST(!json_text::is_json(std::string{"1\0", 2}));
    BOOST_TEST(!json_text::is_json(std::string{"\0", 1}));
}

// Goal: what breaks off anywhere is no JSON, and nothing is read beyond its end.
BOOST_AUTO_TEST_CASE(broken_anywhere)
{
    const std::string whole = R"({"a":[1,{"b":"\u00e9\\"}],"c":-1.5e3,"d":{"e":true}})";
    BOOST_TEST(json_text::is_json(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const std::string cut{whole, 0, size};
        BOOST_TEST(!json_text::is_json(cut), cut);
        BOOST_TEST(at(cut, "/d/e") == "absent", cut);
    }
}

// Goal: any depth costs no stack, in objects, in lists and in both by turns.
BOOST_AUTO_TEST_CASE(any_depth)
{
    for (const std::size_t depth : {40U, 63U, 64U, 65U, 100U, 128U, 129U, 160'000U}) {
        std::string open;
        std::string close;
        for (std::size_t i = 0; i < depth; ++i) {
            const bool is_object = i % 3 == 1;
            open += is_object ? "{\"a\":" : "[";
            close.insert(close.begin(), is_object ? '}' : ']');
            if (depth > 1'000 && i > 0 && i % 40'000 == 0) BOOST_TEST_CHECKPOINT(i);
        }
        BOOST_TEST(json_text::is_json(open + "1" + close), depth);
        BOOST_TEST(!json_text::is_json(open + "1" + close.substr(1)), depth);
        BOOST_TEST(!json_text::is_json(open + "1" + close + "]"), depth);
        auto wrong = close;
        wrong[wrong.size() / 2] = wrong[wrong.size() / 2] == ']' ? '}' : ']';
        BOOST_TEST(!json_text::is_json(open + "1" + wrong), depth);
        const auto body = R"({"deep":)" + open + close + R"(,"id":"x"})";
        BOOST_TEST(at(body, "/id") == "\"x\"", depth);
    }
}

// Goal: pointers lead where Boost.JSON's lead, escapes, lists and repeated names included.
BOOST_AUTO_TEST_CASE(pointers)
{
    const std::string text = R"( {"a":{"b":[10,{"c":"x"},[]]},"a/b":1,"m~n":2,"\u0069d":3,"":4,)"
                             R"("twice":{"x":1},"twice":{"y":2},"s":"\"}"} )";
    const auto tree = boost::json::parse(text);
    for (const std::string pointer :
         {"",         "/a",       "/a/b",   "/a/b/0", "/a/b/1/c", "/a/b/2",  "/a/b/3",
          "/a/b/00",  "/a/b/-",   "/a/b/x", "/a~1b",  "/m~0n",    "/id",     "/",
          "/twice/x", "/twice/y", "/s",     "/s/0",   "/nothing", "/a/b/1/d"}) {
        boost::json::error_code error;
        const auto* known = tree.find_pointer(pointer, error);
        const auto found = json_text::find(text, pointer);
        BOOST_TEST(found.has_value() == (known != nullptr), pointer);
        if (found && known != nullptr) BOOST_TEST((boost::json::parse(*found) == *known), pointer);
    }
}

// Goal: numbers are the digits that stand there; texts are what their escapes say, and half an
// emoji stays distinct from another half.
BOOST_AUTO_TEST_CASE(texts)
{
    BOOST_TEST(at(R"({"n": 18446744073709551617 })", "/n") == "18446744073709551617");
    BOOST_TEST(at(R"({"n":1.0})", "/n") == "1.0");
    BOOST_TEST(json_text::unescaped(R"(a\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00)")
               == "a\"\\/\b\f\n\r\tA\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
    BOOST_TEST(json_text::unescaped(R"(\ud83d)") == R"(\ud83d)");
    BOOST_TEST(json_text::unescaped(R"(\ude00x)") == R"(\ude00x)");
    BOOST_TEST(json_text::unescaped(R"(\ud83d\ud83d\ude00)") == "\\ud83d\xF0\x9F\x98\x80");
}

// Goal: what is repaired is what a strict parser takes, the rest of it unchanged.
BOOST_AUTO_TEST_CASE(repaired_documents)
{
    BOOST_TEST(json_text::repaired("\xEF\xBB\xBF{\"a\":\"\\ud83d\"}")
               == "{\"a\":\"\xEF\xBF\xBD\"}");
    BOOST_TEST(json_text::repaired(R"({"a":"\\ud83d\ud83d\ude00\n"})")
               == R"({"a":"\\ud83d\ud83d\ude00\n"})");
    boost::json::error_code error;
    const auto value = json_text::parse("\xEF\xBB\xBF{\"a\":\"\\ud83d\"}", error);
    BOOST_TEST((!error.failed() && value.at("a") == "\xEF\xBF\xBD"));
    static_cast<void>(json_text::parse(std::string(300, '[') + std::string(300, ']'), error));
    BOOST_TEST((error == boost::json::error::too_deep));
}

// Goal: a text is taken out wherever it stands as a value, written with escapes or not, and
// nothing else is touched.
BOOST_AUTO_TEST_CASE(texts_taken_out)
{
    const std::array<std::string_view, 2> secrets{"s3cret", ""};
    const auto taken = [&](std::string_view text) {
        return json_text::without_texts(text, secrets).value_or("unchanged");
    };
    BOOST_TEST(taken(R"({"a" : "s3cret", "b":["s3cret","x"]})")
               == R"({"a" : null, "b":[null,"x"]})");
    BOOST_TEST(taken(R"({"a":"\u00733cret"})") == R"({"a":null})");
    BOOST_TEST(taken(R"({"s3cret" : "not s3cret", "e":""})") == "unchanged");
    BOOST_TEST(taken(R"("s3cret)") == "unchanged");
}

// Goal: elements come back as they stand, and too many or a broken list as none.
BOOST_AUTO_TEST_CASE(lists)
{
    const auto found = json_text::elements(R"( [ 1.0 , {"a":"]"} , [] ] )");
    BOOST_TEST_REQUIRE(found.has_value());
    BOOST_TEST((*found == std::vector<std::string_view>{"1.0", R"({"a":"]"})", "[]"}));
    BOOST_TEST(json_text::elements("[]")->empty());
    BOOST_TEST(!json_text::elements("[1,2,3]", 2));
    BOOST_TEST(json_text::elements("[1,2,3]", 3)->size() == 3U);
    for (const auto* text : {"", "{}", "null", "[", "[1", "[1,", "[1,]", "[,1]", "[1}", "[1 2]"})
        BOOST_TEST(!json_text::elements(text), text);
}

// Goal: a quote behind an odd number of backslashes is content, behind an even number the end.
BOOST_AUTO_TEST_CASE(closing_quotes)
{
    const auto end_of = [](std::string_view text) {
        return json_text::find_closing_quote(text, 1);
    };
    BOOST_TEST(end_of(R"("")") == 1U);
    BOOST_TEST(end_of(R"("abc",)") == 4U);
    BOOST_TEST(end_of(R"("a\"b")") == 5U);
    BOOST_TEST(end_of(R"("a\\"b")") == 4U);
    BOOST_TEST(end_of(R"("\\\"\"")") == 7U);
    BOOST_TEST(end_of(R"("\"")") == 3U);
    for (const std::string_view open : {"\"", "\"abc", R"("\")", R"("a\)", ""})
        BOOST_TEST(end_of(open) == open.size(), open);
    BOOST_TEST(json_text::find_closing_quote(R"(\")", 1)
               == 1U);  // the backslash is no part of the string
}

BOOST_AUTO_TEST_SUITE_END()
