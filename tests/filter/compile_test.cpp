#include "hub/filter/compile.hpp"
#include "hub/filter/paths.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::filter;

namespace {

struct Refused {
    const char* filter;
    const char* pointer;
};

std::string nested(int depth)
{
    std::string text = "1";
    for (int i = 0; i < depth; ++i) text = R"({"a":1,"b":)" + text + "}";
    return R"({"payload":)" + text + "}";
}

Program compiled(const std::string& text)
{
    std::vector<Fault> faults;
    auto program = compile(boost::json::parse(text), faults);
    BOOST_REQUIRE(program.has_value());
    return std::move(*program);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(filter_compile)

// Goal: what cannot be compiled is refused with the pointer to the fault.
BOOST_AUTO_TEST_CASE(faults_with_pointers)
{
    const std::vector<Refused> table{
        {R"([])", ""},
        {R"({})", ""},
        {R"({"data":{"a":1}})", "/data"},
        {R"({"$eq":1})", "/$eq"},
        {R"({"payload":{}})", "/payload"},
        {R"({"payload":{"a":{}}})", "/payload/a"},
        {R"({"payload":{"a":[1,2]}})", "/payload/a"},
        {R"({"payload":{"a":{"$foo":1}}})", "/payload/a/$foo"},
        {R"({"payload":{"a":{"$eq":{"b":1}}}})", "/payload/a/$eq"},
        {R"({"payload":{"a":{"$gt":true}}})", "/payload/a/$gt"},
        {R"({"payload":{"a":{"$lte":null}}})", "/payload/a/$lte"},
        {R"({"payload":{"a":{"$in":"x"}}})", "/payload/a/$in"},
        {R"({"payload":{"a":{"$in":[]}}})", "/payload/a/$in"},
        {R"({"payload":{"a":{"$nin":[1,[2]]}}})", "/payload/a/$nin/1"},
        {R"({"payload":{"a":{"$startsWith":1}}})", "/payload/a/$startsWith"},
        {R"({"payload":{"a":{"$endsWith":["x",1]}}})", "/payload/a/$endsWith/1"},
        {R"({"payload":{"a":{"$exist":"yes"}}})", "/payload/a/$exist"},
        {R"({"payload":{"a":{"$not":[]}}})", "/payload/a/$not"},
        {R"({"$or":[{"payload":{"a":{"$contains":7}}}]})", "/$or/0/payload/a/$contains"},
        {R"({"$or":[1]})", "/$or/0"},
        {R"({"$and":{}})", "/$and"},
        {R"({"event":{"tpye":"a"}})", "/event/tpye"},
        {R"({"payload":{"a/b~c":{"$x":1}}})", "/payload/a~1b~0c/$x"},
    };
    for (const auto& row : table) {
        std::vector<Fault> faults;
        BOOST_TEST(!compile(boost::json::parse(row.filter), faults).has_value(), row.filter);
        BOOST_REQUIRE_MESSAGE(!faults.empty(), row.filter);
        BOOST_TEST(faults.front().pointer == row.pointer, row.filter);
    }
}

// Goal: every fault is told, not only the first.
BOOST_AUTO_TEST_CASE(several_faults)
{
    std::vector<Fault> faults;
    const auto filter = boost::json::parse(R"({"payload":{"a":{"$x":1},"b":{"$y":2}}})");
    BOOST_TEST(!compile(filter, faults).has_value());
    BOOST_TEST(faults.size() == 2U);
}

// Goal: depth and number of tests are bounded.
BOOST_AUTO_TEST_CASE(bounds)
{
    std::vector<Fault> faults;
    BOOST_TEST(compile(boost::json::parse(nested(10)), faults).has_value());
    BOOST_TEST(!compile(boost::json::parse(nested(20)), faults).has_value());
    std::string wide = R"({"$or":[)";
    for (int i = 0; i < 199; ++i) wide += R"({"payload":{"a":1,"b":2,"c":3}},)";
    wide += R"({"payload":{"a":1}}]})";
    BOOST_TEST(!compile(boost::json::parse(wide), faults).has_value());
}

// Goal: filters that look at the same places share them, and places nobody uses are forgotten.
BOOST_AUTO_TEST_CASE(shared_paths)
{
    Paths paths;
    auto first = compiled(R"({"payload":{"a":{"b":1,"c":2}}})");
    auto second = compiled(R"({"payload":{"a":{"c":{"$gt":3}}},"headers":{"X-A":"1"}})");
    paths.bind(first);
    BOOST_TEST(paths.size() == 4U);  // payload, a, b, c
    paths.bind(second);
    BOOST_TEST(paths.size() == 6U);  // and headers, x-a
    paths.unbind(first);
    BOOST_TEST(paths.size() == 5U);  // without b
    auto third = compiled(R"({"payload":{"d":1}})");
    paths.bind(third);
    paths.unbind(second);
    paths.unbind(third);
    BOOST_TEST(paths.size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
