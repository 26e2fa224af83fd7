#include "handlers/privacy/field_filter.hpp"
#include "handlers/privacy/privacy_table.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid::privacy;

namespace {

FieldRules everything()
{
    FieldRules rules;
    rules.all = true;
    return rules;
}

FieldRules only(std::initializer_list<const char*> fields)
{
    FieldRules rules;
    for (const auto* field : fields) rules.listed.add(field);
    return rules;
}

/// The same whether it is known what stands where or not.
std::string filtered(std::string_view json, const FieldRules& rules, FilterHow how = {})
{
    const auto scanned = filter_fields(json, rules, personal_names(), how).value_or("as it is");
    katydid::json_text::Outline outline;
    outline.read(json);
    how.outline = &outline;
    const auto looked = filter_fields(json, rules, personal_names(), how).value_or("as it is");
    BOOST_TEST(looked == scanned, json);
    return scanned;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(handlers_field_filter)

// Goal: what may pass keeps its bytes: white space, escapes and the spelling of numbers.
BOOST_AUTO_TEST_CASE(nothing_to_take_out_changes_no_byte)
{
    BOOST_TEST(filtered("{ \"price\" : 19.90, \"n\": 1e2, \"t\":\"\\u00e9\\\"}\" }", everything())
               == "as it is");
    BOOST_TEST(filtered(R"({"a":1.50,"email":"x","b":[1e400, 2]})", everything())
               == R"({"a":1.50,"b":[1e400,2]})");
}

// Goal: a byte order mark, half an emoji and depth let nothing pass by; what may pass is as it was.
BOOST_AUTO_TEST_CASE(marks_and_depth_do_not_pass_by)
{
    BOOST_TEST(filtered("\xEF\xBB\xBF{\"email\":\"x\",\"a\":1}", everything()) == R"({"a":1})");
    BOOST_TEST(filtered(R"({"t":"\ud83d","email":"x","\ud83d":2})", everything())
               == R"({"t":"\ud83d","\ud83d":2})");
    const auto nested = [](std::size_t depth, const std::string& inner) {
        std::string text = inner;
        for (std::size_t i = 0; i < depth; ++i) text = "{\"a\":" + text + "}";
        return text;
    };
    BOOST_TEST(filtered(nested(100, "{\"b\":1}"), everything()) == "as it is");
    BOOST_TEST(filtered(nested(100, "{\"email\":1}"), everything()) == nested(100, "{}"));
    const std::string deepest = std::string(160'000, '[') + std::string(160'000, ']');
    BOOST_TEST(filtered(deepest, everything()).find("null") != std::string::npos);
}

// Goal: personal members go wherever they stand and however they are written.
BOOST_AUTO_TEST_CASE(personal_members_go)
{
    for (const auto* name :
         {"email", "Email", "customer_email", "contactPhone", "billing-address", "firstName",
          "last_name", "ipAddress", "dateOfBirth", "em\\u0061il", "phoneNumber"}) {
        const auto text = std::string{R"({"id":1,"x":[{")"} + name + R"(":"secret","k":2}]})";
        BOOST_TEST(filtered(text, everything()) == R"({"id":1,"x":[{"k":2}]})", name);
    }
    for (const auto* name : {"emailsSent", "addressed", "phonetic", "name", "id", "venue"}) {
        const auto text = std::string{R"({")"} + name + R"(":1})";
        BOOST_TEST(filtered(text, everything()) == "as it is", name);
    }
}

// Goal: of people little more than their ids stays; a text in their place is a name and goes.
BOOST_AUTO_TEST_CASE(people)
{
    BOOST_TEST(
        filtered(R"({"customer":{"id":"c1","name":"Jane Doe","vip":true},"n":1})", everything())
        == R"({"customer":{"id":"c1"},"n":1})");
    BOOST_TEST(filtered(R"({"customer":"Jane Doe","attendees":["Jane",{"name":"J","id":2}]})",
                        everything())
               == R"({"attendees":[{"id":2}]})");
    BOOST_TEST(filtered(R"({"customer":42})", everything()) == "as it is");
}

// Goal: a list of fields lets nothing else pass, and of a listed object only what is not personal.
BOOST_AUTO_TEST_CASE(listed_fields)
{
    const auto rules = only({"id", "venue", "contactInfo.email"});
    BOOST_TEST(filtered(R"({"id":1,"x":2,"venue":{"city":"B","address":"S 1"},)"
                        R"("contactInfo":{"email":"a@b","phone":"1"}})",
                        rules)
               == R"({"id":1,"venue":{"city":"B"},"contactInfo":{"email":"a@b"}})");
    BOOST_TEST(filtered(R"({"id":1,"contactInfo":{"email":"a@b"}})", rules, {false})
               == R"({"id":1})");
    BOOST_TEST(filtered("[]", rules) == "as it is");
    BOOST_TEST(filtered("[ {\"x\":1} , {\"id\":1} ]", rules) == R"([{},{"id":1}])");
}

// Goal: the rules are about the data in an envelope; around it only what is personal goes.
BOOST_AUTO_TEST_CASE(envelopes)
{
    const auto rules = only({"id"});
    BOOST_TEST(filtered(R"({"event":"t","data":{"id":1,"data":{"id":3},"x":2},"email":"e","at":5})",
                        rules, {true, "data"})
               == R"({"event":"t","data":{"id":1},"at":5})");
}

// Goal: the names that never pass are those of the data: an envelope's "name" is its event type.
// Regression: staff.assigned lost the name of its envelope and arrived wrapped twice.
BOOST_AUTO_TEST_CASE(removed_names_are_the_datas)
{
    auto rules = everything();
    rules.removed = {"name"};
    const FilterHow how{true, "payload"};
    BOOST_TEST(filtered(R"({"id":"1","name":"staff.assigned","payload":{"id":"s1"}})", rules, how)
               == "as it is");
    BOOST_TEST(
        filtered(R"({"name":"staff.assigned","payload":{"id":"s1","name":"Jane"}})", rules, how)
        == R"({"name":"staff.assigned","payload":{"id":"s1"}})");
}

// Goal: names that never pass.
BOOST_AUTO_TEST_CASE(removed_names)
{
    auto rules = everything();
    rules.removed = {"name"};
    BOOST_TEST(filtered(R"({"name":"J","o":{"name":1,"k":2}})", rules) == R"({"o":{"k":2}})");
}

// Goal: text that is no JSON breaks nothing (the callers check it, the scan must still end).
BOOST_AUTO_TEST_CASE(broken_text_ends)
{
    for (const std::string_view text :
         {"", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"email\":", "[", "[1,", "{\"a\":1,", "}",
          "\"", "{\"a\":\"\\", "{,}", "[,]", "{]", "[}"})
        static_cast<void>(filter_fields(text, everything(), personal_names()));
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_SUITE_END()
