#include "hub/core/json/outline.hpp"
#include "hub/core/json/scan.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace katydid;

namespace {

using json_text::Outline;

std::string text_of(const std::optional<std::string_view>& value)
{
    return std::string{value.value_or("absent")};
}

std::string repeated(std::string_view text, std::size_t times)
{
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_json_outline)

// Goal: it says of every text what is_json() and find() say, names with escapes, lists, repeated
// names, blanks and a byte order mark included.
BOOST_AUTO_TEST_CASE(as_the_scans_say)
{
    const auto long_text = "\"" + std::string(31, 'n') + "\"";
    for (const std::string& text :
         {std::string{R"( {"a":{"b":[10,{"c":"x"},[]]},"a/b":1,"m~n":2,"\u0069d":3,"":4,)"
                      R"("twice":{"x":1},"twice":{"y":2},"s":"\"}" , "id" : -1.5e3 } )"},
          std::string{"\xEF\xBB\xBF{\"id\":[1,[2,{\"c\":\"\xC3\xA9\xC3\xA9\"}],{}],\"a\":null}"},
          R"({"id":)" + long_text + R"(,"a":)" + long_text + "}", std::string{"[]"},
          std::string{"{}"}, std::string{"\"x\""}, std::string{" 12 "}, std::string{"{\"a\":1"},
          std::string{"{\"a\":1}}"}, std::string{"\"\xff\""}, std::string{""}}) {
        Outline outline;
        BOOST_TEST(outline.read(text) == json_text::is_json(text), text);
        BOOST_TEST(outline.is_of(text) == json_text::is_json(text), text);
        if (!outline.is_of(text)) continue;
        for (const std::string pointer :
             {"",       "/a",        "/a/b",     "/a/b/0", "/a/b/1/c", "/a/b/2",
              "/a/b/3", "/a/b/00",   "/a/b/-",   "/a~1b",  "/m~0n",    "/id",
              "/",      "/twice/x",  "/twice/y", "/s",     "/s/0",     "/nothing",
              "/id/0",  "/id/1/1/c", "/id/2",    "/id/3",  "/0"})
            BOOST_TEST(text_of(outline.find(pointer)) == text_of(json_text::find(text, pointer)),
                       text << " at " << pointer);
    }
}

// Goal: whatever breaks off leaves nothing behind, and neither does what was read before.
BOOST_AUTO_TEST_CASE(broken_anywhere)
{
    const std::string whole = R"({"a":[1,{"b":"\u00e9\\"}],"c":-1.5e3,"d":{"e":true}})";
    Outline outline;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const std::string cut{whole, 0, size};
        BOOST_TEST(outline.read(whole));
        BOOST_TEST(!outline.read(cut), cut);
        BOOST_TEST(!outline.is_of(cut), cut);
        BOOST_TEST(!outline.is_of(whole), cut);
    }
}

// Goal: a text with very many values or levels is checked all the same; nothing of it is kept.
BOOST_AUTO_TEST_CASE(bounded)
{
    Outline outline;
    const auto full = "[" + repeated("1,", Outline::values_max - 2) + "1]";
    BOOST_TEST(outline.read(full));
    BOOST_TEST(outline.is_of(full));
    for (const auto& text : {"[" + repeated("1,", Outline::values_max - 1) + "1]",
                             repeated("[", 10'000) + repeated("]", 10'000),
                             repeated("{\"a\":", 10'000) + "1" + repeated("}", 10'000)}) {
        BOOST_TEST(outline.read(text));
        BOOST_TEST(!outline.is_of(text));
        BOOST_TEST(!outline.read(text + "]"));
    }
}

// Goal: it knows its text, moved or not, and no other one.
BOOST_AUTO_TEST_CASE(one_text)
{
    std::string text = R"({"a":"a text that stays where it is when its string moves"})";
    const auto other = text;
    Outline outline;
    BOOST_TEST(!outline.is_of(text));
    BOOST_TEST(outline.read(text));
    const auto moved = std::move(text);
    BOOST_TEST(outline.is_of(moved));
    BOOST_TEST(!outline.is_of(other));
    outline.clear();
    BOOST_TEST(!outline.is_of(moved));
}

// Goal: members and elements come in their order, with all that is in them.
BOOST_AUTO_TEST_CASE(in_order)
{
    const std::string text = R"({"a":{"b":[1]},"\u0063":[{"d":2},[],"e"],"f":3})";
    Outline outline;
    BOOST_TEST(outline.read(text));
    std::string seen;
    const auto note = [&seen](const Outline::Value& value) {
        seen.append(value.text()).append(" ");
        return true;
    };
    outline.root().for_each_member([&](const Outline::Value& name, const Outline::Value& value) {
        seen.append(name.content()).append(name.has_escapes() ? "~" : "=");
        if (!value.is_array()) return note(value);
        value.for_each_element(note);
        return false;
    });
    BOOST_TEST(seen == R"(a={"b":[1]} \u0063~{"d":2} [] "e" )");
}

BOOST_AUTO_TEST_SUITE_END()
