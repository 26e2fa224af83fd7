// What is wrong with a body: all of it in one answer.
#include "tests/hub/running_hub.hpp"
#include "tests/observe/captured_log.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

struct Row {
    std::string path;
    std::string body;
    std::set<std::string> pointers;
    std::string method = "POST";
};

std::set<std::string> pointers_of(const json::value& problem)
{
    std::set<std::string> pointers;
    for (const auto& fault : problem.at("errors").as_array())
        BOOST_TEST(pointers.insert(text(fault, "pointer")).second, "twice");
    return pointers;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_faults)

// Goal: what the schema finds and what only the hub can find come together, and nothing twice; what
// does not fit stays out of the other faults.
BOOST_AUTO_TEST_CASE(one_list)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto source = co_await person.make_source("github", "github");
        const std::vector<Row> rows{
            {"/v1/subscriptions",
             R"({"event_types":["a*b"],"handler":{"url":"ftp://a.example/","verb":"GET"},
                 "timeout":5,"first_byte_timeout":"1h"})",
             {"/name", "/event_types", "/handler/url", "/handler/verb", "/timeout",
              "/first_byte_timeout"}},
            {"/v1/subscriptions",
             R"({"name":"a","event_types":["*"],"handler":{"url":7},"handler":{"url":8}})",
             {"/handler", "/handler/url"}},
            {"/v1/sources",
             R"({"name":"..","schemes":["nonsense"],"colour":1,"public_url":"hub.example"})",
             {"/name", "/schemes/0", "/colour", "/public_url"}},
            {"/v1/sources/" + text(source, "id"),
             R"({"name":"other","tolerance":"8d","repeats":"maybe"})",
             {"/name", "/tolerance", "/repeats"},
             "PATCH"},
            {"/v1/event-types", R"({"name":"katydid.mine","colour":1})", {"/name", "/colour"}},
            {"/v1/events",
             R"([{"type":"a b","occurred_at":7,"data":1},{"type":"a.b","data":1,"colour":1}])",
             {"/0/type", "/0/occurred_at", "/1/colour"}},
        };
        for (const auto& row : rows) {
            const auto problem = co_await person.manage_as(422, row.method, row.path, row.body);
            const auto found = pointers_of(problem);
            BOOST_TEST(found == row.pointers, json::serialize(problem));
        }
        const auto page = co_await person.manage_as(200, "GET", "/v1/sources");
        BOOST_TEST(page.at("data").as_array().size() == 1U);
    });
}

// Goal: a filter that is only tried, and cannot be compiled, is no error of the hub: who tries many
// does not fill its log.
BOOST_AUTO_TEST_CASE(a_wrong_filter_is_no_line_in_the_log)
{
    const Folder folder;
    const auto lines = captured_log([&folder] {
        run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
            const auto reply = co_await person.manage("POST", "/v1/filters/test",
                                                      R"({"filter":{"$and":[{}]}})");
            BOOST_TEST(reply.status == 422U);
        });
    });
    BOOST_TEST(lines.find("filter_unreadable") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
