// What a subscription's transform does to its deliveries, through a whole hub with real workers.
#include <katydid/hub.hpp>

#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

std::string body_of(const Inbox& inbox, const std::string& code, json::object more = {})
{
    json::object body{{"name", "to-inbox"},
                      {"event_types", json::array{"test.*"}},
                      {"handler", json::object{{"kind", "endpoint"},
                                               {"url", inbox.url()},
                                               {"headers", json::object{{"X-Team", "blue"}}}}},
                      {"transform", json::object{{"code", code}}}};
    for (auto& [name, value] : more) body[name] = value;
    return json::serialize(body);
}

awaitable<> publish(ApiClient& person, const std::string& data)
{
    co_await person.manage_as(202, "POST", "/v1/events",
                              R"({"type":"test.made","key":"k1","data":)" + data + "}");
}

/// The first delivery once it has ended.
awaitable<json::value> ended_delivery(ApiClient& person, std::string state)
{
    auto page = co_await person.wait_for(
        "/v1/deliveries?state=" + state,
        [](const json::value& found) { return !found.at("data").as_array().empty(); });
    co_return page.at("data").at(0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(handlers_served_transform)

// Goal: payload, headers and path are the transform's; the signature covers what is sent.
BOOST_AUTO_TEST_CASE(shapes_the_request_before_it_is_signed)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        const auto made = co_await person.manage_as(
            201, "POST", "/v1/subscriptions",
            body_of(inbox, R"(function transform({payload, headers, event}) {
                return {payload: {text: `${payload.name} ${event.key}`, big: payload.big},
                        headers: {"X-Team": headers["x-team"] + "!", "X-Kind": event.type},
                        path: "/hooks/" + payload.id + "?a=b"};
            })"));
        BOOST_TEST(made.at("transform").at("language").as_string() == "javascript");
        co_await publish(person, R"({"name":"Ada","id":7,"big":9007199254740993})");
        const auto request = co_await inbox.next();
        BOOST_TEST(request.body == R"({"text":"Ada k1","big":9007199254740993})");
        BOOST_TEST(request.path == "/hooks/7");
        BOOST_TEST(request.header("X-Team") == "blue!");
        BOOST_TEST(request.header("X-Kind") == "test.made");
        BOOST_TEST(request.header("Content-Type") == "application/json");
        const auto verdict = verdict_of(
            request, inbox.url(), *signing::find_scheme("standard-webhooks"), text(made, "secret"));
        BOOST_TEST(!std::holds_alternative<signing::Refusal>(verdict));
        co_await inbox.close();
    });
}

// Goal: jq does the same; a text goes out as text; a PATCH changes the code alone, null takes it
// away, and each change is in the audit with the code before and after.
BOOST_AUTO_TEST_CASE(is_changed_and_taken_away)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        const auto body_1 = body_of(
            inbox, "{payload: .payload.a}",
            {{"transform",
              json::object{{"language", "jq"}, {"code", "{payload: (\"a is \\(.payload.a)\")}"}}}});
        const auto made = co_await person.manage_as(201, "POST", "/v1/subscriptions", body_1);
        co_await publish(person, R"({"a":1})");
        auto request = co_await inbox.next();
        BOOST_TEST(request.body == "a is 1");
        BOOST_TEST(request.header("Content-Type") == "text/plain; charset=utf-8");
        const auto path = "/v1/subscriptions/" + text(made, "id");
        auto changed = co_await person.manage_as(200, "PATCH", path,
                                                 R"({"transform":{"code":"{payload: {b: 2}}"}})");
        BOOST_TEST(changed.at("transform").at("language").as_string() == "jq");
        co_await publish(person, R"({"a":2})");
        request = co_await inbox.next();
        BOOST_TEST(request.body == R"({"b":2})");
        changed = co_await person.manage_as(200, "PATCH", path, R"({"transform":null})");
        BOOST_TEST(changed.at("transform").is_null());
        co_await publish(person, R"({"a":3})");
        request = co_await inbox.next();
        BOOST_TEST(request.body == R"({"a":3})");
        const auto audit = co_await person.manage_as(200, "GET", "/v1/audit");
        const auto entry = json::serialize(audit);
        BOOST_TEST(entry.find("a is") != std::string::npos);
        BOOST_TEST(entry.find("{b: 2}") != std::string::npos);
        co_await inbox.close();
    });
}

// Goal: what does not compile is refused with its line and column before it is kept, as is a
// timeout that is too long.
BOOST_AUTO_TEST_CASE(is_compiled_before_it_is_kept)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        const auto refused = co_await person.manage_as(
            422, "POST", "/v1/subscriptions",
            body_of(inbox, "function transform() {\n  return }};\n"));
        const auto& fault = refused.at("errors").at(0);
        BOOST_TEST(fault.at("pointer").as_string() == "/transform/code");
        const std::string detail{fault.at("detail").as_string()};
        BOOST_TEST(detail.find("does not compile: SyntaxError") == 0U);
        BOOST_TEST(detail.find("(line 2, column") != std::string::npos);
        const json::object slow{{"code", "function transform() {}"}, {"timeout", "2s"}};
        const auto body_2 = body_of(inbox, "", {{"transform", slow}});
        const auto late = co_await person.manage_as(422, "POST", "/v1/subscriptions", body_2);
        BOOST_TEST(late.at("errors").at(0).at("pointer").as_string() == "/transform/timeout");
        const auto body_3 = body_of(inbox, "", {{"transform", json::object{{"language", "jq"}}}});
        const auto empty = co_await person.manage_as(422, "POST", "/v1/subscriptions", body_3);
        BOOST_TEST(empty.at("errors").at(0).at("pointer").as_string() == "/transform/code");
        co_await inbox.close();
    });
}

// Goal: what the code throws ends the delivery dead with the line; fixed, it is replayed.
BOOST_AUTO_TEST_CASE(a_fault_is_dead_and_can_be_replayed)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        const auto made = co_await person.manage_as(
            201, "POST", "/v1/subscriptions",
            body_of(inbox,
                    "function transform({payload}) {\n  const a = 1;\n  return payload.no.x;\n}"));
        co_await publish(person, R"({"a":1})");
        const auto dead = co_await ended_delivery(person, "dead");
        const auto reason = text(dead, "reason");
        BOOST_TEST(reason.find("transform: TypeError") == 0U);
        BOOST_TEST(reason.find("(line 3)") != std::string::npos);
        co_await person.manage_as(
            200, "PATCH", "/v1/subscriptions/" + text(made, "id"),
            R"({"transform":{"code":"function transform() { return {payload: 5}; }"}})");
        co_await person.manage("POST", "/v1/deliveries/" + text(dead, "id") + "/retry");
        const auto request = co_await inbox.next();
        BOOST_TEST(request.body == "5");
        co_await inbox.close();
    });
}

// Goal: what a transform does not want is cancelled with its reason, and nothing was tried.
BOOST_AUTO_TEST_CASE(cancel_ends_it_untried)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        co_await person.manage_as(
            201, "POST", "/v1/subscriptions",
            body_of(inbox, "function transform() { return {cancel: 'nothing was bought'}; }"));
        co_await publish(person, R"({"a":1})");
        const auto cancelled = co_await ended_delivery(person, "cancelled");
        BOOST_TEST(text(cancelled, "reason") == "nothing was bought");
        BOOST_TEST(cancelled.at("attempts").to_number<int>() == 0);
        co_await inbox.close();
    });
}

// Goal: whatever a transform returns, the hub's own headers and the receiver's host stay: each is
// dead with a sentence, and nothing arrives.
BOOST_AUTO_TEST_CASE(cannot_say_what_the_hub_says)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        const std::pair<const char*, const char*> hostile[] = {
            {"headers: {'Webhook-Id': 'evt_1'}", "header"},
            {"headers: {'Host': 'evil.example'}", "header"},
            {"headers: {'Katydid_Event_Type': 'a.b'}", "header"},
            {"headers: {'Transfer-Encoding': 'chunked'}", "header"},
            {"headers: {'X-A': 'b\\r\\nX-C: d'}", "header"},
            {"headers: Object.fromEntries([...Array(65).keys()].map(n => ['x-' + n, 'a']))",
             "header"},
            {"path: '//evil.example/'", "path"},
            {"path: 'https://evil.example/'", "path"},
            {"path: '/a b'", "path"},
            {"path: '/a\\r\\nX: y'", "path"},
            {"path: '/\\\\evil'", "path"},
            {"path: '/\\u00e9'", "path"},
            {"path: '@evil.example/'", "path"},
            {"payload: 'a'.repeat(1024 * 1024 + 1)", "1024 KiB"},
        };
        for (const auto& [returned, named] : hostile) {
            const auto made = co_await person.manage_as(
                201, "POST", "/v1/subscriptions",
                body_of(inbox, "function transform() { return {" + std::string{returned} + "}; }"));
            const auto id = text(made, "id");
            co_await publish(person, R"({"a":1})");
            auto page = co_await person.wait_for(
                "/v1/deliveries?state=dead&subscription=" + id,
                [](const json::value& found) { return !found.at("data").as_array().empty(); });
            const auto reason = text(page.at("data").at(0), "reason");
            BOOST_TEST(reason.find("transform: ") == 0U, returned << ": " << reason);
            BOOST_TEST(reason.find(named) != std::string::npos, returned << ": " << reason);
            co_await person.manage_as(204, "DELETE", "/v1/subscriptions/" + id);
        }
        co_await inbox.close();
    });
}

// Goal: the values of a subscription's headers, which no one is shown, can be sent by its code and
// seen nowhere: not in a reason, and not where an event asks for them.
BOOST_AUTO_TEST_CASE(headers_can_be_sent_and_not_seen)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        const json::object handler{{"url", inbox.url()},
                                   {"headers", json::object{{"X-Routing-Key", "k\"1"}}}};
        const auto body_4 = body_of(
            inbox,
            "function transform({payload, headers}) { const key = headers['x-routing-key']; "
            "if (payload.a === 1) return {payload: {key}}; if (payload.a === 2) throw new "
            "Error(`<${key}>${key.length}`); return {cancel: key}; }",
            {{"handler", handler}});
        co_await person.manage_as(201, "POST", "/v1/subscriptions", body_4);
        co_await publish(person, R"({"a":1})");
        const auto request = co_await inbox.next();
        BOOST_TEST(request.body == R"({"key":"k\"1"})");
        co_await publish(person, R"({"a":2})");
        const auto dead = co_await ended_delivery(person, "dead");
        BOOST_TEST(text(dead, "reason").find("k\"1") == std::string::npos);
        BOOST_TEST(text(dead, "reason").find("transform: Error: <(") == 0U);
        co_await publish(person, R"({"a":3})");
        const auto cancelled = co_await ended_delivery(person, "cancelled");
        BOOST_TEST(text(cancelled, "reason").find("k\"1") == std::string::npos);
        co_await inbox.close();
    });
}

// Goal: a hub without the program says so when a transform is set; what has one waits and is not
// lost; all else goes on.
BOOST_AUTO_TEST_CASE(without_the_program_says_so)
{
    const Folder folder;
    auto settings = settings_in(folder);
    settings.transforms.program = (folder.path() / "nothing").string();
    run_with_hub(std::move(settings), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        const auto refused = co_await person.manage_as(503, "POST", "/v1/subscriptions",
                                                       body_of(inbox, "function transform() {}"));
        BOOST_TEST(text(refused, "detail").find("transforms.program") != std::string::npos);
        const auto body_5 = body_of(inbox, "", {{"transform", nullptr}});
        co_await person.manage_as(201, "POST", "/v1/subscriptions", body_5);
        co_await publish(person, R"({"a":1})");
        const auto request = co_await inbox.next();
        BOOST_TEST(request.body == R"({"a":1})");
        co_await inbox.close();
    });
}

// Goal: a handler of the program has a transform as well, and its filter sees the event as it came.
BOOST_AUTO_TEST_CASE(in_process_handlers_have_transforms)
{
    const Folder folder;
    Hub hub{settings_in(folder)};
    std::string seen;
    HandlerOptions options;
    options.name = "stock";
    options.event_types = {"test.*"};
    options.filter = R"({"payload":{"a":1}})";
    options.transform.code
        = "function transform({payload}) { return {payload: {b: payload.a + 1}}; }";
    hub.on(options, [&seen](const Event& event) -> awaitable<Outcome> {
        seen = *event.payload;
        co_return Outcome::delivered();
    });
    run_with_hub(hub, [](ApiClient person) -> awaitable<> {
        co_await publish(person, R"({"a":1})");
        co_await publish(person, R"({"a":5})");
        co_await ended_delivery(person, "delivered");
    });
    BOOST_TEST(seen == R"({"b":2})");
}

// Goal: a program with a transform that does not compile does not start.
BOOST_AUTO_TEST_CASE(a_program_with_bad_code_does_not_start)
{
    const Folder folder;
    Hub hub{settings_in(folder)};
    HandlerOptions options;
    options.name = "stock";
    options.event_types = {"test.*"};
    options.transform.code = "function transform( {";
    hub.on(options, [](const Event&) -> awaitable<Outcome> { co_return Outcome::delivered(); });
    BOOST_CHECK_EXCEPTION(run_with_hub(hub, [](ApiClient) -> awaitable<> { co_return; }), Failure,
                          [](const Failure& failure) {
                              return std::string_view{failure.what()}.find(
                                         "\"stock\": its transform does not compile")
                                     != std::string_view::npos;
                          });
}

// Goal: one subscription in an endless loop costs the others nothing: theirs arrive while it burns.
BOOST_AUTO_TEST_CASE(an_endless_loop_leaves_the_others_alone)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        const json::object endless{{"code", "function transform() { for (;;); }"},
                                   {"timeout", "1s"}};
        const auto body_6 = body_of(inbox, "", {{"name", "endless"}, {"transform", endless}});
        co_await person.manage_as(201, "POST", "/v1/subscriptions", body_6);
        co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                  body_of(inbox, "function transform() { return {payload: 1}; }"));
        for (int i = 0; i < 5; ++i) co_await publish(person, R"({"a":1})");
        for (int i = 0; i < 5; ++i) {
            const auto request = co_await inbox.next();
            BOOST_TEST(request.body == "1");
        }
        const auto dead = co_await person.wait_for(
            "/v1/deliveries?state=dead",
            // The others wait until the machine has time to spare.
            [](const json::value& found) { return !found.at("data").as_array().empty(); });
        BOOST_TEST(text(dead.at("data").at(0), "reason")
                   == "transform: it ran for more than 1000 ms");
        co_await inbox.close();
    });
}

BOOST_AUTO_TEST_SUITE_END()
