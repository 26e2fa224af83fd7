#include "hub/transform/worker/numbers.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace katydid::transform::worker {

BOOST_AUTO_TEST_SUITE(transform_numbers)

// Goal: what JavaScript writes as it stands is left alone, so that nothing is paid for it.
BOOST_AUTO_TEST_CASE(ordinary_numbers_stay)
{
    for (const auto* json : {"[0,1,-1,42]", R"({"a":19.9,"b":0.25,"c":-1234.5})", "123456789012345",
                             "9007199254740991", "\"1.0\"", R"("a \" 1.0")", "true", ""}) {
        Numbers numbers{"mark"};
        BOOST_TEST_CONTEXT(json) BOOST_TEST(!numbers.hide(json));
    }
}

// Goal: a number whose digits would be lost is hidden, and shown again as it was.
BOOST_AUTO_TEST_CASE(lossy_numbers_are_hidden)
{
    for (const auto* digits : {"1.0", "19.90", "-0", "0.0", "1e2", "1E+2", "1e400", "-1e400",
                               "9007199254740993", "-9007199254740993", "123456789012345678901234",
                               "0.1234567890123456789", "1e-7", "9007199254740992"}) {
        Numbers numbers{"mark"};
        const auto json = std::string{"{\"a\":["} + digits + ",1]}";
        const auto hidden = numbers.hide(json);
        BOOST_TEST_CONTEXT(digits)
        {
            BOOST_REQUIRE(hidden.has_value());
            BOOST_TEST(*hidden == R"({"a":["mark0",1]})");
            BOOST_TEST(numbers.show(*hidden) == json);
            BOOST_REQUIRE(numbers.find("mark0") != nullptr);
            const bool is_integer = std::string_view{digits}.size() > 15
                                    && std::string_view{digits}.find('.') == std::string_view::npos;
            BOOST_TEST(numbers.find("mark0")->is_big == is_integer);
        }
    }
}

// Goal: what is no JSON does not become some.
BOOST_AUTO_TEST_CASE(no_json_stays_none)
{
    for (const auto* text :
         {"{1.0:2}", "[1.0 2]", "[1.0.0]", "[01.0]", "1.0x", "[1.e5]", "[+1.0]x", "{1.0 : 2}"}) {
        Numbers numbers{"mark"};
        const auto hidden = numbers.hide(text).value_or(text);
        BOOST_TEST_CONTEXT(text << " became " << hidden)
        BOOST_TEST((hidden == text || hidden.find_first_of(".+") != std::string::npos
                    || hidden.starts_with("[0\"")));
    }
}

// Goal: a placeholder in the payload's own texts is not taken for one, as its mark is unknown to
// everybody; and one with a number that there is not means nothing.
BOOST_AUTO_TEST_CASE(unknown_placeholders)
{
    Numbers numbers{"mark"};
    BOOST_TEST(numbers.find("mark0") == nullptr);
    BOOST_TEST(numbers.find("other") == nullptr);
    BOOST_TEST(numbers.show(R"(["mark7"])") == "[null]");
}

// Goal: values find their digits again, and the first of two spellings counts.
BOOST_AUTO_TEST_CASE(values_find_their_digits)
{
    Numbers numbers{"mark"};
    static_cast<void>(numbers.hide("[1.0,1.00,2.50]"));
    const std::string first{"mark0"};
    BOOST_TEST(numbers.placeholder_of(1.0).value_or("") == first);
    BOOST_TEST(numbers.placeholder_of(2.5).value_or("") == "mark2");
    BOOST_TEST(!numbers.placeholder_of(3.0));
    BOOST_TEST(numbers.show("[\"" + numbers.placeholder("12345678901234567890") + "\"]")
               == "[12345678901234567890]");
    numbers.clear();
    BOOST_TEST(!numbers.placeholder_of(1.0));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::transform::worker
