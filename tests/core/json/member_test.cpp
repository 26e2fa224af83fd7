#include "hub/core/json/scan.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace katydid;

namespace {

std::string member(std::string_view object, std::string_view name)
{
    const auto found = json_text::member(object, name);
    return found ? std::string{*found} : "absent";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_json_member)

// Goal: values come back as the bytes that stand there, whatever they hold.
BOOST_AUTO_TEST_CASE(values_verbatim)
{
    const std::string_view text
        = R"( { "a" : 1.50 , "b":{"c":[1,{"d":"}"}]} ,"e":"x\"},{", "f":[ ], "g":null } )";
    BOOST_TEST(member(text, "a") == "1.50");
    BOOST_TEST(member(text, "b") == R"({"c":[1,{"d":"}"}]})");
    BOOST_TEST(member(text, "e") == R"("x\"},{")");
    BOOST_TEST(member(text, "f") == "[ ]");
    BOOST_TEST(member(text, "g") == "null");
    BOOST_TEST(member(text, "c") == "absent");
    BOOST_TEST(member(text, "d") == "absent");
}

// Goal: of duplicates the last counts, as everywhere else in the hub.
BOOST_AUTO_TEST_CASE(last_duplicate_counts) { BOOST_TEST(member(R"({"a":1,"a":2})", "a") == "2"); }

// Goal: what breaks off is never read beyond its end.
BOOST_AUTO_TEST_CASE(broken_text)
{
    const std::string whole = R"({"a":{"b":["c\\",1]},"d":"e"})";
    for (std::size_t size = 0; size < whole.size(); ++size)
        BOOST_TEST(member(std::string{whole, 0, size}, "d") == "absent", size);
    for (const auto* text :
         {"", "[]", "null", "{}", "{]", "{\"a\"}", "{\"a\":}", "{\"a\":1]", "{,}"})
        BOOST_TEST(member(text, "a") == "absent", text);
}

// Goal: two members found in one scan are those found one by one, and none in text that breaks off.
BOOST_AUTO_TEST_CASE(two_in_one_scan)
{
    const auto text_of = [](const auto& found) {
        return found ? std::string{*found} : std::string{"absent"};
    };
    for (const std::string text : {R"({"a":1,"b":"x","a":2})", R"({"b":{"a":3}})", R"({"a":1,"b":)",
                                   R"({"a":1,"b":2)", "[]", "{}"}) {
        const auto [a, b] = json_text::members(text, "a", "b");
        BOOST_TEST(text_of(a) == member(text, "a"), text);
        BOOST_TEST(text_of(b) == member(text, "b"), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
