#include "hub/core/limits/work_budget.hpp"
#include "hub/schema/json_schema.hpp"

#include <boost/json.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid::schema;
namespace json = boost::json;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(json_schema)

namespace {

JsonSchemaPtr compiled(std::string_view text)
{
    std::vector<katydid::Fault> faults;
    auto schema = JsonSchema::compile(json::parse(text), faults);
    BOOST_TEST_CONTEXT(text << ": " << (faults.empty() ? "" : faults.front().detail))
    BOOST_REQUIRE(schema != nullptr);
    return schema;
}

struct Row {
    const char* schema;
    const char* fitting;  ///< a list of values
    const char* others;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.schema; }

// The examples of the specification's validation vocabulary, keyword by keyword.
const std::vector<Row> rows{
    {R"(true)", R"([1,null])", R"([])"},
    {R"(false)", R"([])", R"([1,null])"},
    {R"({"type":"integer"})", R"([1,1.0,-3])", R"([1.5,"1",null])"},
    {R"({"type":"number"})", R"([1,1.5])", R"(["1",true])"},
    {R"({"type":["string","null"]})", R"(["",null])", R"([1,{}])"},
    {R"({"type":"boolean"})", R"([true])", R"([0,"true"])"},
    {R"({"enum":[1,"a",{"b":[1]}]})", R"([1,1.0,"a",{"b":[1]}])", R"([2,"A",{"b":[2]}])"},
    {R"({"const":{"a":1,"b":2}})", R"([{"b":2,"a":1}])", R"([{"a":1},1])"},
    {R"({"enum":[1,2],"const":2})", R"([2])", R"([1])"},
    {R"({"minimum":2})", R"([2,3,"1"])", R"([1.9])"},
    {R"({"maximum":2})", R"([2])", R"([2.1])"},
    {R"({"exclusiveMinimum":2})", R"([2.1])", R"([2])"},
    {R"({"exclusiveMaximum":18446744073709551615})", R"([18446744073709551614])",
     R"([18446744073709551615])"},
    {R"({"multipleOf":0.1})", R"([0.3,4,1.1])", R"([0.35])"},
    {R"({"multipleOf":3})", R"([9,-3,0])", R"([10])"},
    {R"({"minLength":2})", R"(["äö","ab",1])", R"(["ä",""])"},
    {R"({"maxLength":2})", R"(["äö"])", R"(["abc"])"},
    {R"({"pattern":"^a+$"})", R"(["aa",1])", R"(["ab",""])"},
    {R"({"pattern":"b"})", R"(["abc"])", R"(["ac"])"},
    {R"({"format":"date-time"})", R"(["2026-06-15T18:00:00Z"])", R"(["2026-06-15","x"])"},
    {R"({"format":"date"})", R"(["2024-02-29"])", R"(["2023-02-29","2023-2-1"])"},
    {R"({"format":"uuid"})", R"(["123e4567-e89b-12d3-a456-426614174000"])", R"(["123e4567"])"},
    {R"({"format":"email"})", R"(["a@b.c"])", R"(["a","@b","a b@c"])"},
    {R"({"format":"uri"})", R"(["https://a.b/c?d#e","urn:x"])", R"(["/a","a b:c"])"},
    {R"({"format":"ipv4"})", R"(["1.2.3.4"])", R"(["1.2.3","::1"])"},
    {R"({"format":"ipv6"})", R"(["::1"])", R"(["1.2.3.4","fe80::1%eth0"])"},
    {R"({"items":{"type":"integer"}})", R"([[],[1,2],"x"])", R"([[1,"a"]])"},
    {R"({"items":[{"type":"integer"},{"type":"string"}],"additionalItems":false})",
     R"([[1,"a"],[1]])", R"([["a"],[1,"a",2]])"},
    {R"({"contains":{"const":1}})", R"([[2,1]])", R"([[],[2]])"},
    {R"({"minItems":1,"maxItems":2})", R"([[1],[1,2]])", R"([[],[1,2,3]])"},
    {R"({"uniqueItems":true})", R"([[1,2],[{"a":1},{"a":2}]])",
     R"([[1,1.0],[{"a":1,"b":2},{"b":2,"a":1}]])"},
    {R"({"properties":{"a":{"type":"integer"}}})", R"([{"a":1},{"b":"x"}])", R"([{"a":"x"}])"},
    {R"({"patternProperties":{"^x-":{"type":"integer"}}})", R"([{"x-a":1,"b":""}])",
     R"([{"x-a":""}])"},
    {R"({"properties":{"a":true},"patternProperties":{"^b":true},"additionalProperties":false})",
     R"([{"a":1,"bc":2}])", R"([{"c":1}])"},
    {R"({"additionalProperties":{"type":"integer"}})", R"([{"a":1}])", R"([{"a":""}])"},
    {R"({"propertyNames":{"maxLength":1}})", R"([{"a":1}])", R"([{"ab":1}])"},
    {R"({"required":["a"]})", R"([{"a":null},1])", R"([{}])"},
    {R"({"minProperties":1,"maxProperties":1})", R"([{"a":1}])", R"([{},{"a":1,"b":2}])"},
    {R"({"dependencies":{"a":["b"]}})", R"([{"a":1,"b":2},{}])", R"([{"a":1}])"},
    {R"({"dependencies":{"a":{"required":["c"]}}})", R"([{"a":1,"c":2}])", R"([{"a":1}])"},
    {R"({"allOf":[{"minimum":1},{"maximum":2}]})", R"([1,2])", R"([0,3])"},
    {R"({"anyOf":[{"type":"string"},{"minimum":2}]})", R"(["",2])", R"([1])"},
    {R"({"oneOf":[{"minimum":1},{"maximum":2}]})", R"([3,0])", R"([1])"},
    {R"({"not":{"type":"string"}})", R"([1])", R"([""])"},
    {R"({"if":{"minimum":5},"then":{"multipleOf":5},"else":{"multipleOf":2}})", R"([10,2])",
     R"([7,3])"},
    {R"({"definitions":{"n":{"type":"integer"}},"items":{"$ref":"#/definitions/n"}})", R"([[1]])",
     R"([["a"]])"},
    {R"({"properties":{"next":{"$ref":"#"}},"additionalProperties":false})",
     R"([{"next":{"next":{}}}])", R"([{"next":{"other":1}}])"},
};

}  // namespace

// Goal: each keyword takes what it should and nothing else.
BOOST_DATA_TEST_CASE(keywords, data::make(rows), row)
{
    const auto schema = compiled(row.schema);
    const auto fitting = json::parse(row.fitting);
    const auto others = json::parse(row.others);
    for (const auto& value : fitting.as_array())
        BOOST_TEST_CONTEXT(value) BOOST_TEST(schema->check(value).empty());
    for (const auto& value : others.as_array())
        BOOST_TEST_CONTEXT(value) BOOST_TEST(!schema->check(value).empty());
}

// Goal: every fault says where it is.
BOOST_AUTO_TEST_CASE(faults_have_pointers)
{
    const auto schema = compiled(R"({"required":["id"],"properties":{"a/b":{"items":{"properties":)"
                                 R"({"n":{"minimum":1}}}}}})");
    const auto faults = schema->check(json::parse(R"({"a/b":[{"n":1},{"n":0}]})"));
    BOOST_REQUIRE(faults.size() == 2U);
    BOOST_TEST(faults[0].pointer == "/id");
    BOOST_TEST(faults[1].pointer == "/a~1b/1/n");
    BOOST_TEST(faults[1].detail == "must be at least 1");
}

// Goal: a fault says what is expected, with its bounds; the author's own words win.
BOOST_AUTO_TEST_CASE(says_what_is_expected)
{
    struct Sentence {
        const char* schema;
        const char* value;
        const char* detail;
    };
    constexpr Sentence sentences[] = {
        {R"({"type":["integer","null"],"minimum":1,"maximum":9})", "0",
         "must be a whole number from 1 to 9 or null"},
        {R"({"type":"number"})", "\"a\"", "must be a number"},
        {R"({"type":["string","boolean","array"],"minLength":1,"maxLength":3})", "\"long\"",
         "must be true or false, a text of 1 to 3 characters or a list"},
        {R"({"type":"array","minItems":1,"maxItems":2})", "[]", "must be a list of 1 to 2 items"},
        {R"({"enum":["a",1,null]})", "2", R"(must be "a", 1 or null)"},
        {R"({"format":"date"})", "\"x\"", R"(must be a date such as "2026-06-15")"},
        {R"({"properties":{"b":{},"a":{}},"additionalProperties":false})", R"({"c":1})",
         R"(is not a field of this object: it has "a", "b")"},
        {R"({"type":"integer","errorMessage":"must be a floor"})", "\"x\"", "must be a floor"},
        {R"({"required":["a"],"errorMessage":{"required":{"a":"is missing: say a"}}})", "{}",
         "is missing: say a"},
        {R"({"minProperties":1,"errorMessage":{"minProperties":"say something"}})", "{}",
         "say something"},
        {R"({"propertyNames":{"pattern":"^a","errorMessage":"must begin with a"}})", R"({"b":1})",
         "must begin with a"},
    };
    for (const auto& row : sentences) {
        const auto faults = compiled(row.schema)->check(json::parse(row.value));
        BOOST_TEST_REQUIRE(faults.size() == 1U, row.schema);
        BOOST_TEST(faults.front().detail == row.detail);
    }
    const auto outer = compiled(R"({"items":{"properties":{"n":{"minimum":1,)"
                                R"("errorMessage":"must be more"}}}})");
    BOOST_TEST(outer->check(json::parse(R"([{"n":0}])")).front().pointer == "/0/n");
}

struct Refusal {
    const char* schema;
    const char* pointer;
};
std::ostream& operator<<(std::ostream& out, const Refusal& row) { return out << row.schema; }

const std::vector<Refusal> refusals{
    {R"({"propertis":{}})", "/propertis"},
    {R"({"properties":{"a":{"contentEncoding":"base64"}}})", "/properties/a/contentEncoding"},
    {R"({"format":"hostname"})", "/format"},
    {R"({"errorMessage":7})", "/errorMessage"},
    {R"({"errorMessage":{"type":"no"}})", "/errorMessage/type"},
    {R"x({"pattern":"(?=a)"})x", "/pattern"},
    {R"x({"pattern":"(a)\\1"})x", "/pattern"},
    {R"({"patternProperties":{"[":true}})", "/patternProperties/["},
    {R"({"type":"text"})", "/type"},
    {R"({"type":[]})", "/type"},
    {R"({"minimum":"1"})", "/minimum"},
    {R"({"minLength":-1})", "/minLength"},
    {R"({"multipleOf":0})", "/multipleOf"},
    {R"({"enum":[]})", "/enum"},
    {R"({"items":7})", "/items"},
    {R"({"anyOf":[]})", "/anyOf"},
    {R"({"required":[1]})", "/required/0"},
    {R"({"$ref":"#/definitions/gone"})", "/$ref"},
    {R"({"$ref":"https://example.com/schema"})", "/$ref"},
    {R"({"properties":{"a":{"$ref":"#","type":"object"}}})", "/properties/a/type"},
    {R"({"$schema":"https://json-schema.org/draft/2020-12/schema"})", "/$schema"},
    {R"({"properties":{"a":{"$id":"x"}}})", "/properties/a/$id"},
    {R"({"then":{"type":"string"}})", ""},
    {R"({"unevaluatedProperties":false})", "/unevaluatedProperties"},
};

// Goal: what would not be enforced is refused when the schema is stored, with its pointer.
BOOST_DATA_TEST_CASE(refused_schemas, data::make(refusals), row)
{
    std::vector<katydid::Fault> faults;
    BOOST_TEST(JsonSchema::compile(json::parse(row.schema), faults) == nullptr);
    BOOST_REQUIRE(!faults.empty());
    BOOST_TEST(faults.front().pointer == row.pointer);
}

// Goal: a schema that refers to itself without end, or branches without end, is a fault and not a
// hang; what only people read is taken.
BOOST_AUTO_TEST_CASE(bounded)
{
    const auto endless = compiled(R"({"$ref":"#"})");
    BOOST_TEST(!endless->check(1).empty());
    std::string branching = R"({"minimum":1})";
    for (int i = 0; i < 5; ++i)
        branching = R"({"anyOf":[{"$ref":"#/definitions/x"},)" + branching + "]}";
    const auto wide = compiled(R"({"definitions":{"x":{"anyOf":[{"$ref":"#/definitions/y"},)"
                               R"({"$ref":"#/definitions/y"}]},"y":{"anyOf":[)"
                               R"({"$ref":"#/definitions/x"},{"$ref":"#/definitions/x"}]}},)"
                               R"("allOf":[)"
                               + branching + "]}");
    BOOST_TEST(!wide->check(0).empty());
    const auto commented = compiled(R"({"title":"t","description":"d","default":1,"examples":[1],)"
                                    R"("$comment":"c","readOnly":true,)"
                                    R"("$schema":"http://json-schema.org/draft-07/schema#"})");
    BOOST_TEST(commented->check(1).empty());
}

// Goal: an expression that takes std::regex exponential time is done at once.
BOOST_AUTO_TEST_CASE(patterns_take_linear_time)
{
    const auto schema = compiled(R"({"pattern":"^(a+)+$"})");
    const json::value value(std::string(100'000, 'a') + "!");
    BOOST_TEST(schema->check(value).size() == 1U);
}

// Goal: all expressions of a schema share one budget, so that no number of them stops the hub.
BOOST_AUTO_TEST_CASE(expressions_share_a_budget)
{
    const auto refusal_of = [](const auto& make) {
        json::object properties;
        for (int i = 0; i < 400; ++i)
            properties["p" + std::to_string(i)] = json::object{{"pattern", make(i)}};
        std::vector<katydid::Fault> faults;
        katydid::WorkBudget work{1'000'000'000};
        const json::value schema{{"properties", properties}};
        BOOST_TEST(JsonSchema::compile(schema, faults, "", &work) == nullptr);
        BOOST_TEST(work.used() <= compile_work_max);
        return faults.empty() ? std::string{} : faults.front().detail;
    };
    const auto number = [](int i) { return std::to_string(i); };
    const std::string too_large = "makes the schema too large";
    BOOST_TEST(refusal_of([&](int i) { return "\\pL{0,45}" + number(i); }).starts_with(too_large));
    BOOST_TEST(
        refusal_of([&](int i) { return "(?:\\PL|\\pN|\\pL)" + number(i); }).starts_with(too_large));
    BOOST_TEST(refusal_of([&](int i) {
                   return "(?:a{0,1000}|b{0,1000})" + number(i);
               }).starts_with(too_large));
    // Memory for matching is bounded too.
    BOOST_TEST(refusal_of([&](int i) { return "a" + number(i); }).starts_with(too_large));
}

// Goal: what real schemas have fits into the budget; the same expression counts once.
BOOST_AUTO_TEST_CASE(ordinary_expressions_fit)
{
    json::object properties;
    for (int i = 0; i < 500; ++i)
        properties["id" + std::to_string(i)] = json::object{
            {"pattern", "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}$"}};
    for (int i = 0; i < 60; ++i)
        properties["code" + std::to_string(i)] = json::object{
            {"pattern", "^[A-Z]{2}" + std::to_string(i) + "-[0-9]{1,20}$"}};
    properties["name"] = json::object{{"pattern", "^\\p{L}{1,50}$"}};
    properties["family_name"] = json::object{{"pattern", "^\\p{L}{1,50}$"}};
    const auto schema = compiled(json::serialize(json::object{{"properties", properties}}));
    BOOST_TEST(schema->check({{"name", "Grace"}, {"code1", "DE1-5"}}).empty());
    BOOST_TEST(schema->check({{"name", "7"}}).size() == 1U);
}

namespace {

json::array many(std::size_t count, const json::value& value)
{
    json::array array;
    array.reserve(count);
    for (std::size_t i = 0; i < count; ++i) array.push_back(value);
    return array;
}

json::array different(std::size_t count)
{
    json::array array;
    array.reserve(count);
    for (std::size_t i = 0; i < count; ++i) array.emplace_back(i);
    return array;
}

struct Costly {
    const char* name;
    json::value schema;
    json::value value;
};
std::ostream& operator<<(std::ostream& out, const Costly& row) { return out << row.name; }

std::vector<Costly> costly_checks()
{
    const auto all = [](const json::value& each) { return json::object{{"items", each}}; };
    const auto not_of = [](const json::value& each) { return json::object{{"not", each}}; };
    const json::string text(1'000'000, 'a');
    std::vector<Costly> costly{
        {"uniqueItems", json::object{{"allOf", many(100, json::object{{"uniqueItems", true}})}},
         different(100'000)},
        {"enum", all(json::object{{"allOf", many(100, json::object{{"enum", different(90)}})}}),
         different(100'000)},
        {"const of a large value", json::object{{"allOf", many(500, json::object{{"const", 1}})}},
         different(100'000)},
        {"required", all(json::object{{"required", many(10'000, "name")}}),
         many(100'000, json::object{})},
        {"dependencies",
         all(json::object{{"dependencies", json::object{{"x", many(10'000, "name")}}}}),
         many(100'000, json::object{{"x", 1}})},
        {"minLength", json::object{{"allOf", many(1'900, json::object{{"minLength", 1}})}}, text},
        {"format", json::object{{"allOf", many(1'900, json::object{{"format", "uri"}})}}, text},
        {"pattern", json::object{{"pattern", "(?:a|b)*a(?:a|b){90}c"}}, text},
        {"propertyNames", json::object{{"allOf", many(900, json::object{{"propertyNames", true}})}},
         json::object{{text, 1}}},
        {"a long enum that no item fits",
         all(json::object{{"enum", json::array{json::string(60'000, 'x')}}}), different(100'000)},
        {"a type named often", all(json::object{{"type", many(5'000, "string")}}),
         different(100'000)},
        {"a long name above many faults",
         json::object{{"additionalProperties", json::object{{"items", false}}}},
         json::object{{text, many(1'000, 1)}}},
        {"below not",
         not_of(not_of(json::object{{"allOf", many(1'900, json::object{{"minLength", 1}})}})),
         text},
    };
    return costly;
}

}  // namespace

// Goal: whatever a keyword does for each item, member or byte is paid for; with the budget spent
// the value does not fit, also below "not".
BOOST_DATA_TEST_CASE(checks_have_a_budget, data::make(costly_checks()), row)
{
    std::vector<katydid::Fault> faults;
    const auto schema = JsonSchema::compile(row.schema, faults);
    BOOST_REQUIRE(schema != nullptr);
    katydid::WorkBudget work{1'000'000'000};
    static_cast<void>(schema->check(row.value, &work));
    BOOST_TEST(work.used() <= check_work_max);
    // Of the work that is left, nothing: no value fits what could not be looked at.
    katydid::WorkBudget nothing{10};
    const auto cut = schema->check(row.value, &nothing);
    BOOST_REQUIRE(cut.size() == 1U);
    BOOST_TEST(cut.front().detail == "takes too long to check against this schema");
}

// Goal: "not" does not turn what was cut off into what fits.
BOOST_AUTO_TEST_CASE(cut_off_below_not_does_not_fit)
{
    const auto schema = compiled(R"({"not":{"items":{"type":"string"}}})");
    const json::value value(different(10'000));
    BOOST_TEST(schema->check(value).empty());
    const auto strings = many(1'000'000, "x");
    BOOST_TEST(schema->check(strings).size() == 1U);
}

// Goal: ordinary data of a megabyte is still checked.
BOOST_AUTO_TEST_CASE(large_ordinary_data_is_checked)
{
    const auto schema = compiled(R"({"type":"array","items":{"type":"object",)"
                                 R"("required":["id","kind","amount"],"properties":{)"
                                 R"("id":{"type":"string","pattern":"^[a-z0-9-]{1,40}$"},)"
                                 R"("kind":{"enum":["sale","refund","void"]},)"
                                 R"("amount":{"type":"integer","minimum":0}}}})");
    const json::object row{{"id", "0e6f9a1b-7c1d-4c53"}, {"kind", "refund"}, {"amount", 1299}};
    BOOST_TEST(schema->check(many(14'000, row)).empty());
    // One whose automaton does not fit: paid for by its instructions from then on.
    const auto slow = compiled(R"({"items":{"pattern":"(?:a|b)*a(?:a|b){200}c"}})");
    std::string text;
    for (unsigned i = 0, x = 1; i < 4'000; ++i, x = x * 1'103'515'245U + 12'345U)
        text += (x >> 16U) % 2 == 0 ? 'a' : 'b';
    BOOST_TEST(!slow->check(many(1'000, json::value(text))).empty());
    const auto image = compiled(R"({"pattern":"^[A-Za-z0-9+/=]*$"})");
    BOOST_TEST(image->check(json::string(1'000'000, 'a')).empty());
}

BOOST_AUTO_TEST_SUITE_END()
