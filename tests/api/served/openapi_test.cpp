// The document and the hub say the same: routes, fields, statuses, in both directions.
#include "tests/api/served/api_things.hpp"

#include "hub/input/schemas.hpp"
#include "hub/registry/tables.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

/// Sends a call and holds its answer against the document.
struct Examiner {
    ApiClient& person;
    ApiDocument& document;
    const Things& things;

    awaitable<http::ClientReply> send(const Operation& operation, Call call)
    {
        auto reply = co_await person.send(std::move(call));
        BOOST_TEST(document.judge(operation, reply) == "");
        co_return reply;
    }

    [[nodiscard]] Call call_of(const Operation& operation) const
    {
        Call call{operation.method, path_of(operation, things), good_body(operation), {}};
        if (!operation.scope.empty()) call.headers.push_back(person.authorisation());
        return call;
    }

    awaitable<http::ClientReply> send_status(const Operation& operation, Call call,
                                             unsigned expected)
    {
        auto reply = co_await send(operation, std::move(call));
        BOOST_TEST_CONTEXT(operation.name() << ": " << reply.body)
        BOOST_TEST(reply.status == expected);
        co_return reply;
    }
};

/// Refusals that can be provoked on any route.
awaitable<> check_refusals(Examiner examiner, const Operation& operation, std::string weak_key)
{
    auto call = examiner.call_of(operation);
    call.headers = {};
    co_await examiner.send_status(operation, std::move(call), 401);
    if (operation.scope != "any") {
        call = examiner.call_of(operation);
        call.headers = {{"Authorization", "Bearer " + weak_key}};
        co_await examiner.send_status(operation, std::move(call), 403);
    }
    call = examiner.call_of(operation);
    call.headers.push_back({"Katydid-Tenant", "nobody"});
    co_await examiner.send_status(operation, std::move(call), 404);
    call = examiner.call_of(operation);
    call.path += "?zzz=1";
    co_await examiner.send_status(operation, std::move(call), 422);
    if (operation.describes(412)) {
        call = examiner.call_of(operation);
        call.headers.push_back({"If-Match", "\"not-this\""});
        co_await examiner.send_status(operation, std::move(call), 412);
    }
    if (operation.body() == nullptr) {
        call = examiner.call_of(operation);
        call.body = R"({"zzz":1})";
        if (operation.method != "GET")
            co_await examiner.send_status(operation, std::move(call), 422);
        co_return;
    }
    call = examiner.call_of(operation);
    call.body = "{";
    co_await examiner.send_status(operation, std::move(call), 400);
    call = examiner.call_of(operation);
    call.headers.push_back({"Content-Type", "image/png"});
    co_await examiner.send_status(operation, std::move(call), 415);
}

/// The names behind "is not a field of this object: it has …".
std::vector<std::string> known_fields(const http::ClientReply& reply, const std::string& pointer)
{
    std::vector<std::string> names;
    const auto body = json::parse(reply.body);
    const auto* errors = body.as_object().if_contains("errors");
    if (errors == nullptr) return names;
    for (const auto& error : errors->as_array()) {
        if (text(error, "pointer") != pointer) continue;
        const auto detail = text(error, "detail");
        for (auto open = detail.find('"'); open != std::string::npos;) {
            const auto close = detail.find('"', open + 1);
            names.push_back(detail.substr(open + 1, close - open - 1));
            open = detail.find('"', close + 1);
        }
    }
    std::ranges::sort(names);
    return names;
}

std::vector<std::string> described_fields(const ApiDocument& document, const json::value& schema)
{
    std::vector<std::string> names;
    for (const auto& property : document.resolve(schema).at("properties").as_object())
        names.emplace_back(property.key());
    std::ranges::sort(names);
    return names;
}

/// The hub lists the fields it knows when it refuses one that it does not know.
awaitable<> check_body_fields(Examiner examiner, const Operation& operation,
                              const json::value& schema, std::string pointer)
{
    json::value body(json::object{{"zzz", 1}});
    if (!pointer.empty()) body = json::object{{pointer.substr(1), body}};
    auto call = examiner.call_of(operation);
    call.body = json::serialize(body);
    const auto reply = co_await examiner.send_status(operation, std::move(call), 422);
    BOOST_TEST_CONTEXT(operation.name() << " " << pointer << ": " << reply.body)
    BOOST_TEST(known_fields(reply, pointer + "/zzz") == described_fields(examiner.document, schema),
               boost::test_tools::per_element());
    for (const auto& property : examiner.document.resolve(schema).at("properties").as_object()) {
        const auto& inner = examiner.document.resolve(property.value());
        if (pointer.empty() && inner.as_object().contains("properties"))
            co_await check_body_fields(examiner, operation, property.value(),
                                       "/" + std::string{property.key()});
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_openapi)

// Goal: every described route is served, and refuses the same things in the same described way.
BOOST_AUTO_TEST_CASE(every_route_refuses_as_described)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto things = co_await make_things(person, "acme");
        auto document = co_await fetch_document(person);
        auto root = person;
        const auto weak_key = co_await make_key(root, "bridge:atlvs");
        auto operations = document.operations();
        // Within the tenant of the things, the tenant's own key; the operator's for the rest.
        for (const auto& operation : operations) {
            if (operation.scope.empty()) continue;
            auto caller = operation.is_beyond_tenants() ? root : root.as(things.at("tenant_key"));
            // A new hub for each address would be needed to provoke more wrong keys than these.
            co_await check_refusals({caller, document, things}, operation, weak_key);
        }
        const auto unknown = co_await root.manage("GET", "/v1/nothing");
        BOOST_TEST(unknown.status == 404U);
        const auto wrong_method = co_await root.manage("PUT", "/v1/events");
        BOOST_TEST(wrong_method.status == 405U);
    });
}

// Goal: a body takes exactly the fields that are described, one level down too.
BOOST_AUTO_TEST_CASE(bodies_have_the_described_fields)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto things = co_await make_things(person, "acme");
        auto document = co_await fetch_document(person);
        auto root = person;
        auto admin = root.as(things.at("tenant_key"));
        auto operations = document.operations();
        std::size_t count = 0;
        for (const auto& operation : operations) {
            if (operation.body() == nullptr) continue;
            const auto* schema = operation.body();
            const auto& resolved = document.resolve(*schema).as_object();
            if (const auto* choices = resolved.if_contains("oneOf")) schema = &choices->at(0);
            ++count;
            auto caller = operation.is_beyond_tenants() ? root : admin;
            co_await check_body_fields({caller, document, things}, operation, *schema, "");
        }
        BOOST_TEST(count >= 15U);
    });
}

// Goal: no schema is kept that no call has; those of changes are made, not kept, and OpenAPI does
// not describe the frames of a WebSocket.
BOOST_AUTO_TEST_CASE(every_schema_is_published)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto document = co_await person.manage("GET", "/openapi.json");
        const auto published = json::parse(document.body).at_pointer("/components/schemas");
        const std::set<std::string> frames{"DeliveryExtension", "ConsumerCredit",
                                           "RealtimeSubscribe", "RealtimeUnsubscribe",
                                           "RealtimePublish",   "Ping"};
        for (const auto& schema : input::schemas())
            BOOST_TEST((schema.key().starts_with("Changed") || frames.contains(schema.key())
                        || published.get_object().contains(schema.key())),
                       std::string{schema.key()});
    });
}

// Goal: examples of bodies, which pages show, are good bodies.
BOOST_AUTO_TEST_CASE(examples_fit_their_schemas)
{
    std::size_t count = 0;
    for (const auto& [name, schema] : input::schemas()) {
        const auto* examples = schema.as_object().if_contains("examples");
        if (examples == nullptr) continue;
        for (const auto& example : examples->as_array()) {
            std::vector<Fault> faults;
            ++count;
            BOOST_TEST_CONTEXT("an example of " << std::string{name})
            BOOST_TEST(input::check_schema(name, example, faults, ""));
        }
    }
    BOOST_TEST(count >= 15U);
}

// Goal: every group of calls says what it is about (hub/api/openapi/document.cpp has the list).
BOOST_AUTO_TEST_CASE(every_tag_is_described)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto reply = co_await person.manage("GET", "/openapi.json");
        const auto document = json::parse(reply.body);
        std::set<std::string> described;
        for (const auto& tag : document.at("tags").as_array())
            described.emplace(tag.at("name").as_string());
        std::set<std::string> used;
        for (const auto& path : document.at("paths").as_object())
            for (const auto& operation : path.value().as_object())
                for (const auto& tag : operation.value().at("tags").as_array())
                    used.emplace(tag.as_string());
        BOOST_TEST(used == described, boost::test_tools::per_element());
    });
}

// Goal: the page needs nothing from elsewhere.
BOOST_AUTO_TEST_CASE(docs_page_loads_nothing_from_elsewhere)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        Call call{"GET", "/docs", {}, {}};
        const auto page = co_await person.send(std::move(call));
        BOOST_TEST(page.status == 200U);
        BOOST_TEST(page.body.find("http://") == std::string::npos);
        BOOST_TEST(page.body.find("https://") == std::string::npos);
        BOOST_TEST(page.body.find("<script>") == std::string::npos);
        const auto policy = header_value(page.headers, "content-security-policy");
        BOOST_TEST(policy.find("default-src 'none'; script-src 'self';") != std::string_view::npos);
        for (std::size_t at = 0; (at = page.body.find("src=\"", at)) != std::string::npos; ++at) {
            const auto path = page.body.substr(at + 5, page.body.find('"', at + 5) - at - 5);
            Call load{"GET", path, {}, {}};
            const auto script = co_await person.send(std::move(load));
            BOOST_TEST(script.status == 200U, path);
            BOOST_TEST(header_value(script.headers, "content-type").starts_with("text/javascript"));
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
