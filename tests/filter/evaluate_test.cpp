#include "hub/filter/evaluate.hpp"

#include "hub/filter/compile.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::filter;

namespace {

const std::string order = R"({
    "id": "ord_1", "status": "paid", "total": 120.5, "big": 9007199254740993, "paid": true,
    "note": null, "tags": ["gift", "express"], "none": [],
    "customer": {"country": "DE", "address": {"city": "Berlin"}},
    "items": [{"sku": "a", "count": 1, "sizes": [1, 2]}, {"sku": "b", "count": 5, "sizes": [7]}]})";

Event make_event(const std::string& payload)
{
    Event event;
    event.type = "order.paid";
    event.source = "shop";
    event.headers = {{"X-Shop", "berlin"}, {"X-Tag", "one"}, {"x-tag", "two"}};
    event.payload = std::make_shared<const std::string>(payload);
    return event;
}

Answer answer(const std::string& filter, const std::string& payload,
              std::uint64_t work_max = 2'000'000)
{
    std::vector<Fault> faults;
    auto program = compile(boost::json::parse(filter), faults);
    for (const auto& fault : faults) BOOST_ERROR(filter + ": " + fault.pointer + fault.detail);
    BOOST_REQUIRE(program.has_value());
    Paths paths;
    paths.bind(*program);
    const auto event = make_event(payload);
    Document document{event};
    paths.begin(document);
    WorkBudget work{work_max};
    const auto found = evaluate(*program, paths, work);
    BOOST_TEST(work.used() <= filter_work_max);
    return found;
}

bool match(const std::string& filter, const std::string& payload = order)
{
    const auto found = answer(filter, payload);
    BOOST_TEST((found != Answer::cut_off));
    return found == Answer::yes;
}

std::string zeros(std::size_t count)
{
    std::string list = "[0";
    for (std::size_t i = 1; i < count; ++i) list += ",0";
    return list + "]";
}

/// The filter on one field of the payload.
bool field(const std::string& name, const std::string& test)
{
    return match(R"({"payload":{")" + name + "\":" + test + "}}");
}

struct Row {
    const char* name;
    const char* test;
    bool expected;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(filter_evaluate)

// Goal: every operator on a value of each kind, on an array, and where nothing is.
BOOST_AUTO_TEST_CASE(operators)
{
    const std::vector<Row> table{
        {"status", R"("paid")", true},
        {"status", R"("Paid")", false},
        {"status", R"({"$eq":"paid"})", true},
        {"status", R"({"$neq":"paid"})", false},
        {"status", R"({"$neq":"open"})", true},
        {"missing", R"({"$neq":"open"})", true},
        {"missing", R"({"$eq":null})", false},
        {"note", "null", true},
        {"paid", "true", true},
        {"paid", "1", false},
        {"total", "120.5", true},
        {"total", R"({"$gt":120})", true},
        {"total", R"({"$gt":120.5})", false},
        {"total", R"({"$gte":120.5,"$lt":121})", true},
        {"total", R"({"$lte":120})", false},
        {"total", R"({"$gt":"1"})", false},
        {"missing", R"({"$lt":1})", false},
        {"big", "9007199254740993", true},
        {"big", "9007199254740992", false},
        {"big", R"({"$gt":9007199254740992})", true},
        {"status", R"({"$gte":"paid","$lt":"paie"})", true},
        {"status", R"({"$in":["open","paid"]})", true},
        {"status", R"({"$in":["open",7]})", false},
        {"status", R"({"$nin":["open","paid"]})", false},
        {"missing", R"({"$nin":["open"]})", true},
        {"status", R"({"$startsWith":"pa"})", true},
        {"status", R"({"$endsWith":["x","id"]})", true},
        {"status", R"({"$contains":"ai"})", true},
        {"status", R"({"$contains":"aid!"})", false},
        {"total", R"({"$contains":"12"})", false},
        {"note", R"({"$exist":true})", true},
        {"none", R"({"$exist":true})", true},
        {"missing", R"({"$exist":true})", false},
        {"missing", R"({"$exist":false})", true},
        {"tags", R"("gift")", true},
        {"tags", R"("slow")", false},
        {"tags", R"({"$neq":"gift"})", false},
        {"tags", R"({"$neq":"slow"})", true},
        {"tags", R"({"$contains":"press"})", true},
        {"tags", R"({"$not":{"$startsWith":"ex"}})", false},
        {"tags", R"({"$and":["gift","express"]})", false},
        {"tags", R"({"$or":["slow",{"$endsWith":"ft"}]})", true},
        {"none", R"("gift")", false},
        {"none", R"({"$nin":["gift"]})", true},
        {"status", R"({"$not":"paid"})", false},
        {"status", R"({"$or":["open",{"$startsWith":"p"}]})", true},
        {"status", R"({"$and":[{"$startsWith":"p"},{"$endsWith":"x"}]})", false},
    };
    for (const auto& row : table)
        BOOST_TEST(field(row.name, row.test) == row.expected, row.name << " " << row.test);
}

// Goal: nested members, and the same element of an array for all tests about it.
BOOST_AUTO_TEST_CASE(nested_and_arrays)
{
    BOOST_TEST(field("customer", R"({"address":{"city":"Berlin"}})"));
    BOOST_TEST(!field("customer", R"({"address":{"city":"Bonn"}})"));
    BOOST_TEST(field("customer", R"({"country":"DE","address":{"city":{"$startsWith":"B"}}})"));
    BOOST_TEST(!field("status", R"({"address":"x"})"));
    BOOST_TEST(field("items", R"({"sku":"b"})"));
    BOOST_TEST(field("items", R"({"sku":"b","count":5})"));
    BOOST_TEST(!field("items", R"({"sku":"a","count":5})"));
    BOOST_TEST(!field("items", R"({"sku":"a","$or":[{"count":5},{"count":6}]})"));
    BOOST_TEST(field("items", R"({"sku":"a","$or":[{"count":1},{"count":6}]})"));
    BOOST_TEST(field("items", R"({"sizes":7})"));
    BOOST_TEST(field("items", R"({"sku":"a","sizes":{"$gte":2}})"));
    BOOST_TEST(!field("items", R"({"sku":"b","sizes":{"$lt":7}})"));
    BOOST_TEST(!field("items", R"({"$not":{"sku":"a"}})"));
    BOOST_TEST(field("items", R"({"$not":{"sku":"c"}})"));
    BOOST_TEST(match(R"({"payload":{"a":1,"b":2}})", R"([{"a":1},{"a":1,"b":2}])"));
    BOOST_TEST(!match(R"({"payload":{"a":1,"b":2}})", R"([{"a":1},{"b":2}])"));
    BOOST_TEST(match(R"({"payload":{"x":{"y":1,"z":1}}})", R"({"x":[[{"y":[0,1],"z":1}]]})"));
}

// Goal: headers without regard to case, repeated ones as a list; metadata; everything joined.
BOOST_AUTO_TEST_CASE(headers_and_event)
{
    BOOST_TEST(match(R"({"headers":{"x-SHOP":"berlin"}})"));
    BOOST_TEST(match(R"({"headers":{"X-Tag":"two"}})"));
    BOOST_TEST(!match(R"({"headers":{"x-other":{"$exist":true}}})"));
    BOOST_TEST(match(R"({"event":{"type":{"$startsWith":"order."},"source":"shop"}})"));
    BOOST_TEST(match(R"({"event":{"subject":{"$exist":false}}})"));
    BOOST_TEST(!match(R"({"event":{"type":"order.paid"},"payload":{"status":"open"}})"));
    BOOST_TEST(match(R"({"$or":[{"event":{"type":"x"}},{"payload":{"status":"paid"}}]})"));
    BOOST_TEST(!match(R"({"$not":{"payload":{"status":"paid"}}})"));
}

// Goal: a payload that is not JSON is as if there were none; other parts still match.
BOOST_AUTO_TEST_CASE(payload_is_not_json)
{
    for (const auto* payload : {"not json", "", "{\"status\":\"paid\"", "\xFF"}) {
        BOOST_TEST(!match(R"({"payload":{"status":"paid"}})", payload));
        BOOST_TEST(match(R"({"headers":{"x-shop":"berlin"}})", payload));
        BOOST_TEST(match(R"({"payload":{"$exist":false}})", payload));
    }
    BOOST_TEST(match(R"({"payload":7})", "7"));
}

// Goal: a filter that takes too much work is cut off, whatever its operators make of that; what it
// did not find out is neither yes nor no.
BOOST_AUTO_TEST_CASE(too_much_work_is_cut_off)
{
    const auto long_list = zeros(300'000);
    BOOST_TEST(match(R"({"payload":0})", long_list));  // known with the first element
    BOOST_TEST(!match(R"({"payload":1})", zeros(20'000)));
    std::string many_texts;
    for (int i = 0; i < 200; ++i)
        many_texts += (i == 0 ? "\"b" : ",\"b") + std::to_string(i) + "\"";
    const auto long_text = "\"" + std::string(100'000, 'a') + "\"";
    std::string many_tests;
    for (int i = 0; i < 200; ++i)
        many_tests += (i == 0 ? "{\"$gt\":" : ",{\"$gt\":") + std::to_string(i + 1) + "}";
    for (const auto& [test, payload] : std::vector<std::pair<std::string, std::string>>{
             {"1", long_list},
             {R"({"$neq":1})", long_list},
             {R"({"$nin":[1,2]})", long_list},
             {R"({"$not":{"$gt":1}})", long_list},
             {R"({"$or":[)" + many_tests + "]}", zeros(5'000)},
             {R"({"$contains":[)" + many_texts + "]}", long_text},
             {R"({"$not":{"$contains":[)" + many_texts + "]}}", long_text}})
        BOOST_TEST((answer("{\"payload\":" + test + "}", payload) == Answer::cut_off), test);
}

// Goal: the budget of all filters of an event ends a filter too.
BOOST_AUTO_TEST_CASE(the_whole_has_a_budget)
{
    BOOST_TEST((answer(R"({"payload":1})", zeros(1'000), 3'000'000) == Answer::no));
    BOOST_TEST((answer(R"({"payload":1})", zeros(1'000), 100) == Answer::cut_off));
    BOOST_TEST((answer(R"({"payload":{"$neq":1}})", zeros(1'000), 100) == Answer::cut_off));
}

// Goal: a text that is almost found everywhere takes no longer than another one.
BOOST_AUTO_TEST_CASE(contains_is_linear)
{
    const auto text = "\"" + std::string(1'000'000, 'a') + "\"";
    const auto part = "\"" + std::string(1'000, 'a') + "b\"";
    BOOST_TEST(!match(R"({"payload":{"$contains":)" + part + "}}", text));
}

// Goal: what is nested too deep to be looked at does not pass as if there were nothing.
BOOST_AUTO_TEST_CASE(too_deep_is_cut_off)
{
    const std::string deep = std::string(257, '[') + "1" + std::string(257, ']');
    for (const auto* filter :
         {R"({"payload":1})", R"({"payload":{"secret":{"$neq":true}}})",
          R"({"$not":{"payload":{"secret":true}}})", R"({"payload":{"$exist":false}})"})
        BOOST_TEST((answer(filter, deep) == Answer::cut_off), filter);
    BOOST_TEST(match(R"({"headers":{"x-shop":"berlin"}})", deep));
    const std::string within = std::string(250, '[') + "1" + std::string(250, ']');
    BOOST_TEST((answer(R"({"payload":1})", within) == Answer::yes));
}

// Goal: one table of paths serves event after event; nothing is remembered wrongly.
BOOST_AUTO_TEST_CASE(event_after_event)
{
    std::vector<Fault> faults;
    auto program = compile(boost::json::parse(R"({"payload":{"a":{"b":1}}})"), faults);
    Paths paths;
    paths.bind(*program);
    for (const auto& [payload, expected] :
         std::vector<std::pair<std::string, bool>>{{R"({"a":{"b":1}})", true},
                                                   {R"({"a":{"b":2}})", false},
                                                   {R"({"a":[{"b":2},{"b":1}]})", true},
                                                   {R"({"a":1})", false},
                                                   {R"({})", false},
                                                   {R"({"a":{"b":1}})", true}}) {
        const auto event = make_event(payload);
        Document document{event};
        paths.begin(document);
        WorkBudget work{1'000};
        BOOST_TEST((evaluate(*program, paths, work) == (expected ? Answer::yes : Answer::no)),
                   payload);
    }
}

BOOST_AUTO_TEST_SUITE_END()
