// /v1/transforms: code tried before a subscription has it, and the presets.
#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

std::string test_of(const std::string& code, json::object more)
{
    more["code"] = code;
    return json::serialize(more);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_api_transforms)

// Goal: a sample is shaped as a delivery would be, and a fault has its line and column.
BOOST_AUTO_TEST_CASE(tries_code_on_a_sample)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const json::object sample{{"payload", json::object{{"name", "Ada"}}},
                                  {"headers", json::object{{"X-Kind", "order"}}},
                                  {"event", json::object{{"type", "order.created"}}}};
        const auto test_1 = test_of(
            "function transform({payload, headers, event}) { return {payload: "
            "[payload.name, headers['x-kind'], event.type, event.id], path: '/a'}; }",
            {{"sample", sample}});
        auto tried = co_await person.manage_as(200, "POST", "/v1/transforms/test", test_1);
        BOOST_TEST(text(tried.at("output"), "payload")
                   == R"(["Ada","order","order.created","evt_sample"])");
        BOOST_TEST(text(tried.at("output"), "path") == "/a");
        BOOST_TEST(tried.at("duration_us").is_int64());
        const auto test_2 = test_of("function transform() {\n  null.x;\n}",
                                    {{"sample", json::object{}}});
        tried = co_await person.manage_as(200, "POST", "/v1/transforms/test", test_2);
        BOOST_TEST(tried.at("error").at("line").to_number<int>() == 2);
        BOOST_TEST(tried.at("error").at("column").to_number<int>() > 0);
        BOOST_TEST(text(tried.at("error"), "message").find("TypeError") == 0U);
        const auto test_3 = test_of("function transform() { return {headers: {Host: 'a'}}; }",
                                    {{"sample", json::object{}}});
        tried = co_await person.manage_as(200, "POST", "/v1/transforms/test", test_3);
        BOOST_TEST(text(tried.at("error"), "message").find("\"Host\"") != std::string::npos);
    });
}

// Regression: a misspelt member of the result was ignored without a word.
BOOST_AUTO_TEST_CASE(members_that_mean_nothing_are_named)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto misspelt = test_of("function transform() { return {paylod: 1, path: '/a'}; }",
                                      {{"sample", json::object{}}});
        auto tried = co_await person.manage_as(200, "POST", "/v1/transforms/test", misspelt);
        BOOST_TEST(text(tried.at("output"), "path") == "/a");
        BOOST_TEST(json::serialize(tried.at("ignored")) == R"(["paylod"])");
        const auto fine = test_of("function transform() { return {path: '/a'}; }",
                                  {{"sample", json::object{}}});
        tried = co_await person.manage_as(200, "POST", "/v1/transforms/test", fine);
        BOOST_TEST(!tried.as_object().contains("ignored"));
    });
}

// Regression: a sample was written anew before the code saw it: 1.0 became 1, 1e400 became inf.
BOOST_AUTO_TEST_CASE(numbers_of_a_sample_keep_their_digits)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const std::string payload
            = R"({"id":9007199254740993,"a":1.0,"b":1e400,"c":-0,"d":1E5,"e":19.90})";
        for (const std::string code : {"function transform({payload}) { return {payload}; }",
                                       "function transform() { return {}; }"}) {
            const auto body = R"({"sample":{"payload":)" + payload + R"(},"code":")" + code + "\"}";
            const auto tried = co_await person.manage_as(200, "POST", "/v1/transforms/test", body);
            const auto& output = tried.at("output").as_object();
            if (code.ends_with("{payload}; }")) BOOST_TEST(text(output, "payload") == payload);
            else BOOST_TEST(!output.contains("payload"));
        }
        const auto body = R"({"sample":{"payload":"{\"a\":1.50}"},"code":)"
                          R"("function transform({payload}) { return {payload: [payload.a]}; }"})";
        const auto tried = co_await person.manage_as(200, "POST", "/v1/transforms/test", body);
        BOOST_TEST(text(tried.at("output"), "payload") == "[1.50]");
    });
}

// Goal: a recorded event is what is tried, of this tenant, for a key that may read it.
BOOST_AUTO_TEST_CASE(tries_code_on_an_event)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto made = co_await person.manage_as(
            202, "POST", "/v1/events", R"({"type":"order.created","data":{"n":1.50}})");
        const json::object event{{"event", text(made, "id")}};
        const auto code = "function transform({payload, event}) { return {payload: [payload.n, "
                          "event.id]}; }";
        const auto tried = co_await person.manage_as(200, "POST", "/v1/transforms/test",
                                                     test_of(code, event));
        BOOST_TEST(text(tried.at("output"), "payload") == "[1.50,\"" + text(made, "id") + "\"]");
        const auto test_4 = test_of(code, {{"event", "evt_nothing"}});
        co_await person.manage_as(404, "POST", "/v1/transforms/test", test_4);
        const auto key = co_await person.manage_as(
            201, "POST", "/v1/keys", R"({"name":"writes","scopes":["subscriptions:write"]})");
        auto other = person.as(text(key, "key"));
        co_await other.manage_as(403, "POST", "/v1/transforms/test", test_of(code, event));
        const auto empty = test_of(code, {{"sample", json::object{{"payload", json::object{}}}}});
        co_await other.manage_as(200, "POST", "/v1/transforms/test", empty);
    });
}

// Goal: a call without either, with both, or with a timeout beyond the limit says what to give.
BOOST_AUTO_TEST_CASE(refuses_what_it_cannot_try)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        for (const std::string body :
             {R"({"code":"1"})", R"({"code":"1","event":"evt_1","sample":{}})",
              R"({"code":"1","sample":{},"timeout":"2s"})", R"({"sample":{}})"})
            co_await person.manage_as(422, "POST", "/v1/transforms/test", body);
    });
}

// Goal: every preset is listed, compiles, and makes a body of a plain event.
BOOST_AUTO_TEST_CASE(presets_work_as_they_are_listed)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto presets = co_await person.manage_as(200, "GET", "/v1/transforms/presets");
        BOOST_TEST(presets.at("data").as_array().size() == 7U);
        const json::object sample{{"payload", json::object{{"id", 7}}},
                                  {"headers", json::object{{"X-Routing-Key", "k"}}}};
        for (const auto& preset : presets.at("data").as_array()) {
            const auto test_5 = test_of(text(preset, "code"), {{"sample", sample}});
            const auto tried = co_await person.manage_as(200, "POST", "/v1/transforms/test",
                                                         test_5);
            BOOST_TEST(tried.as_object().contains("output"), text(preset, "name"));
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
