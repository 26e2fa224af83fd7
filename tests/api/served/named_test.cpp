// Generated: whatever takes an id takes the name.
#include "tests/api/served/api_things.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

/// The things of a tenant by their names; those that have none stay as they are.
Things by_name(Things things)
{
    things["subscriptions"] = "to-nobody";
    things["sources"] = "github";
    things["tenants"] = "acme";
    things["keys"] = "first";
    return things;
}

/// The noun before "{id}" of a route whose row has a name, else "".
std::string named_noun(const Operation& operation)
{
    for (const std::string noun : {"subscriptions", "sources", "tenants", "keys"})
        if (operation.pattern.starts_with("/v1/" + noun + "/{")) return noun;
    return "";
}

awaitable<http::ClientReply> call(ApiClient caller, const Operation& operation, std::string path,
                                  std::string body)
{
    // An operator, so that the tenant's keys can go as well.
    Call call{operation.method,
              std::move(path),
              std::move(body),
              {caller.authorisation(), {"Katydid-Tenant", "acme"}}};
    auto reply = co_await caller.send(std::move(call));
    co_return reply;
}

/// Routes that end their row come last, and the tenant at the very end.
int order_of(const Operation& operation)
{
    if (operation.method != "DELETE") return 0;
    return operation.scope == "tenants:write" ? 2 : 1;
}

/// By a name that nobody has, by what only looks like an id, then by the name that is there.
awaitable<> call_by_names(ApiClient person, const Operation& operation, const Things& named)
{
    const auto noun = named_noun(operation);
    const auto body = good_body(operation);
    for (const std::string unknown : {"nobody", "sub_01", "src_", "ten_ABC"}) {
        auto other = named;
        other[noun] = unknown;
        const auto reply = co_await call(person, operation, path_of(operation, other), body);
        BOOST_TEST_CONTEXT(operation.name() << " " << unknown << ": " << reply.body)
        {
            BOOST_TEST(reply.status == 404U);
            BOOST_TEST(reply.body.find("id or name") != std::string::npos);
        }
    }
    const auto reply = co_await call(person, operation, path_of(operation, named), body);
    BOOST_TEST_CONTEXT(operation.name() << ": " << reply.body)
    BOOST_TEST(
        (reply.status < 300U || reply.status == 409U));  // found: what it is, is another matter
}

/// What a call names in its query or body: "?source", "/subscription".
std::vector<std::string> names_of(const ApiDocument& document, const Operation& operation)
{
    std::vector<std::string> all;
    if (operation.pattern == "/v1/feed") return all;  // goes on for ever: tests/stream
    for (const auto& parameter : operation.parameters) {
        const auto name = text(parameter, "name");
        if (text(parameter, "in") == "query" && (name == "subscription" || name == "source"))
            all.push_back("?" + name);
    }
    const auto* schema = operation.body();
    if (schema == nullptr) return all;
    const auto& object = document.resolve(*schema).as_object();
    const auto* properties = object.if_contains("properties");
    if (properties != nullptr && properties->as_object().contains("subscription"))
        all.emplace_back("/subscription");
    return all;
}

awaitable<unsigned> name_one(ApiClient caller, const Operation& operation, const Things& things,
                             const std::string& place, const std::string& value)
{
    auto path = path_of(operation, things);
    std::string body;
    if (place.front() == '?') path += place + "=" + value;
    else body = json::serialize(json::object{{place.substr(1), value}});
    const auto reply = co_await call(caller, operation, std::move(path), std::move(body));
    co_return reply.status;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_api_named)

// Goal: every path that takes the id of a row with a name takes the name; a text that only looks
// like an id is an unknown name, and the sentence says what is taken.
BOOST_AUTO_TEST_CASE(paths_take_names)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto things = co_await make_things(person, "acme");
        const auto named = by_name(things);
        const auto document = co_await fetch_document(person);
        std::size_t count = 0;
        for (int order = 0; order < 3; ++order)
            for (const auto& operation : document.operations()) {
                if (named_noun(operation).empty() || order_of(operation) != order) continue;
                co_await call_by_names(person, operation, named);
                ++count;
            }
        BOOST_TEST(count > 15U);
    });
}

// Goal: every filter and every field of a body that takes such an id takes the name, and says so
// when it is neither.
BOOST_AUTO_TEST_CASE(queries_and_bodies_take_names)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto things = co_await make_things(person, "acme");
        const auto document = co_await fetch_document(person);
        std::size_t count = 0;
        for (const auto& operation : document.operations())
            for (const auto& place : names_of(document, operation)) {
                const auto noun = place.substr(1);
                const std::string name = noun == "source" ? "github" : "to-nobody";
                const auto by_name = co_await name_one(person, operation, things, place, name);
                const auto& id = things.at(noun + "s");
                const auto by_id = co_await name_one(person, operation, things, place, id);
                const auto looks = co_await name_one(person, operation, things, place, "sub_01");
                ++count;
                BOOST_TEST_CONTEXT(operation.name() << " " << place)
                {
                    BOOST_TEST(by_name < 300U);
                    BOOST_TEST(by_id == by_name);
                    // Events keep the name of their source, also of one that is gone.
                    BOOST_TEST(looks == (operation.pattern == "/v1/events" ? 200U : 422U));
                }
            }
        BOOST_TEST(count >= 5U);
    });
}

// Goal: a subscription names its sources by id as well; what is kept is the name.
BOOST_AUTO_TEST_CASE(subscriptions_name_sources)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto source = co_await person.make_source("github", "github", "topsecret");
        json::object body{{"name", "one"},
                          {"event_types", json::array{json::value("*")}},
                          {"sources", json::array{source.at("id"), json::value("later")}},
                          {"handler", json::object{{"url", "http://127.0.0.1:9/"}}}};
        const auto made = co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                                    json::serialize(body));
        BOOST_TEST(json::serialize(made.at("sources")) == R"(["github","later"])");
        auto gone = text(source, "id");
        gone.replace(20, 6, "ZZZZZZ");
        body["name"] = "two";
        body["sources"] = json::array{json::value(gone)};
        const auto refused = co_await person.manage("POST", "/v1/subscriptions",
                                                    json::serialize(body));
        BOOST_TEST(refused.status == 422U);
        BOOST_TEST(refused.body.find("/sources/0") != std::string::npos);
        // Nobody could call it by such a name.
        body["name"] = text(made, "id");
        body["sources"] = json::array{};
        const auto unnameable = co_await person.manage("POST", "/v1/subscriptions",
                                                       json::serialize(body));
        BOOST_TEST(unnameable.status == 422U);
        BOOST_TEST(unnameable.body.find("form of an id") != std::string::npos);
    });
}

// Goal: webhooks arrive by the names and the ids of tenant and source alike.
BOOST_AUTO_TEST_CASE(webhook_paths_take_both)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto things = co_await make_things(person, "acme");
        const auto github = signing::find_scheme("github");
        int number = 0;
        for (const auto& tenant : {things.at("tenants"), std::string{"acme"}})
            for (const auto& source : {things.at("sources"), std::string{"github"}}) {
                const auto body = R"({"action":"opened","n":)" + std::to_string(++number) + "}";
                const auto reply = co_await person.post_signed(tenant + "/" + source, *github,
                                                               "topsecret-of-acme", body);
                BOOST_TEST_CONTEXT(tenant << "/" << source) BOOST_TEST(reply.status == 200U);
            }
        const auto unknown = co_await person.post_signed("globex/github", *github,
                                                         "topsecret-of-acme", "{}");
        BOOST_TEST(unknown.status == 404U);
    });
}

// Goal: the audit log is asked by name: of the only thing that has it, or with its kind; 422 lists
// what else has it.
BOOST_AUTO_TEST_CASE(audit_objects_by_name)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto source = co_await person.make_source("shop", "github");
        const auto count_of = [&](std::string object) -> awaitable<std::size_t> {
            const auto page = co_await person.manage_as(200, "GET", "/v1/audit?object=" + object);
            co_return page.at("data").as_array().size();
        };
        const auto alone = co_await count_of("shop");
        BOOST_TEST(alone == 1U);
        co_await person.manage_as(201, "POST", "/v1/event-types", R"({"name":"shop"})");
        const auto refused = co_await person.manage_as(422, "GET", "/v1/audit?object=shop");
        const auto why = text(refused.at("errors").at(0), "detail");
        BOOST_TEST(why.find("source:shop, event_type:shop") != std::string::npos, why);
        const std::vector<std::string> objects{"source:shop", "event_type:shop",
                                               text(source, "id")};
        for (const auto& one : objects) {
            const auto found = co_await count_of(one);
            BOOST_TEST(found == 1U, one);
        }
        co_await person.manage_as(422, "GET", "/v1/audit?object=scheme:shop");
        const auto gone = co_await count_of("what-is-gone");
        BOOST_TEST(gone == 0U);
    });
}

// Goal: what a key did is found by the key's name. Regression: only its id was known.
BOOST_AUTO_TEST_CASE(audit_actors_by_name)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto key = co_await person.manage_as(
            201, "POST", "/v1/keys", R"({"name":"robot","scopes":["sources:write"]})");
        auto robot = person.as(text(key, "key"));
        co_await robot.make_source("shop", "github");
        const std::vector<std::pair<std::string, std::size_t>> actors{{"robot", 1},
                                                                      {text(key, "id"), 1},
                                                                      {"nobody-there", 0},
                                                                      {"operator", 3},
                                                                      {"ada%20(admin)", 0}};
        // A key does not hide what others did by having their name.
        for (const auto* name : {"operator", "ada (admin)"})
            co_await person.manage_as(201, "POST", "/v1/keys",
                                      R"({"name":")" + std::string{name}
                                          + R"(","scopes":["sources:write"]})");
        for (const auto& [actor, count] : actors) {
            const auto page = co_await person.manage_as(200, "GET", "/v1/audit?actor=" + actor);
            BOOST_TEST(page.at("data").as_array().size() == count, actor);
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
