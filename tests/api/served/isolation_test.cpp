// Generated: every route × another tenant's id × every role.
#include "tests/api/served/api_things.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

constexpr const char* roles[] = {"events:write",       "events:read",    "subscriptions:write",
                                 "subscriptions:read", "sources:write",  "sources:read",
                                 "event-types:write",  "subjects:write", "subjects:erase",
                                 "audit:read",         "bridge:atlvs",   "bridge:grasshopper",
                                 "events:consume",     "secrets:read",   "admin"};

bool may(const std::string& role, const Operation& operation)
{
    if (operation.scope == "any") return true;
    if (operation.scope == "operator" || operation.scope == "tenants:write") return false;
    return role == "admin" || role == operation.scope;
}

/// What the caller learns of an id; the date is nobody's secret.
std::string seen_of(const http::ClientReply& reply)
{
    return std::to_string(reply.status) + " " + reply.body;
}

awaitable<http::ClientReply> call(ApiClient& caller, const Operation& operation,
                                  const Things& things)
{
    Call call{operation.method,
              path_of(operation, things),
              good_body(operation),
              {caller.authorisation()}};
    auto reply = co_await caller.send(std::move(call));
    co_return reply;
}

/// Ids of the same shape that nobody has.
Things nobodys(const Things& things)
{
    Things other;
    for (const auto& [noun, id] : things) {
        auto changed = id;
        const auto underscore = changed.find('_');
        const bool is_id = underscore != std::string::npos && changed.size() == underscore + 27;
        if (is_id) changed.replace(underscore + 20, 7, "ZZZZZZZ");
        else changed += "-of-nobody";
        other[noun] = changed;
    }
    return other;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_isolation)

// Goal: a caller of any route with another tenant's id learns nothing by it: 403 where the key
// lacks the scope, else the answer of an id that does not exist, byte for byte.
BOOST_AUTO_TEST_CASE(another_tenants_ids_are_nobodys)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto theirs = co_await make_things(person, "acme");
        const auto mine = co_await make_things(person, "globex");
        const auto unknown = nobodys(theirs);
        const auto document = co_await fetch_document(person);
        const auto admin = person.as(mine.at("tenant_key"));
        std::size_t count = 0;
        for (const std::string role : roles) {
            const auto key = co_await make_key(admin, role);
            auto caller = person.as(key);
            for (const auto& operation : document.operations()) {
                if (operation.scope.empty()) continue;
                const bool is_allowed = may(role, operation);
                // Without an id in the path a call of this role would change the caller's own.
                if (!operation.has_path_parameter() && is_allowed) continue;
                const auto foreign = co_await call(caller, operation, theirs);
                const auto nothing = co_await call(caller, operation, unknown);
                ++count;
                BOOST_TEST_CONTEXT(role << ": " << operation.name())
                {
                    BOOST_TEST(seen_of(foreign) == seen_of(nothing));
                    if (!is_allowed) BOOST_TEST(foreign.status == 403U);
                    else if (operation.pattern.find("{subject}") == std::string::npos)
                        BOOST_TEST(foreign.status == 404U);
                    else BOOST_TEST(foreign.status == 200U);
                }
            }
        }
        BOOST_TEST(count > 500U);
    });
}

// Goal: a name takes the place of an id in the caller's own tenant only: another tenant's names are
// as unknown as those that nobody has, in paths, queries, bodies and the header.
BOOST_AUTO_TEST_CASE(another_tenants_names_are_nobodys)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto theirs = co_await make_things(person, "acme");
        const auto mine = co_await make_things(person, "globex");
        auto them = person.as(theirs.at("tenant_key"));
        co_await them.manage_as(201, "POST", "/v1/subscriptions",
                                R"({"name":"acme","event_types":["*"],)"
                                R"("handler":{"url":"http://127.0.0.1:9/hook"}})");
        co_await them.manage_as(
            201, "POST", "/v1/sources",
            R"({"name":"acme","schemes":["github"],"secret":"topsecret-of-us"})");
        co_await them.manage_as(201, "POST", "/v1/keys",
                                R"({"name":"acme","scopes":["events:read"]})");
        auto caller = person.as(mine.at("tenant_key"));
        const auto ask = [&](std::string method, std::string path, std::string body,
                             Header more = {"Accept", "*/*"}) -> awaitable<std::string> {
            Call call{std::move(method),
                      std::move(path),
                      std::move(body),
                      {caller.authorisation(), std::move(more)}};
            const auto reply = co_await caller.send(std::move(call));
            co_return seen_of(reply);
        };
        const auto document = co_await fetch_document(person);
        const std::vector<std::pair<std::string, std::string>> places{
            {"/v1/deliveries?subscription=", ""},
            {"/v1/feed?subscription=", ""},
            {"/v1/rejected?source=", ""},
            {"/v1/deliveries/retry", R"({"subscription":"acme"})"},
            {"/v1/events/" + mine.at("events") + "/replay", R"({"subscription":"acme"})"},
            {"/v1/portal-links", R"({"role":"read","subscriptions":["acme"]})"}};
        const auto look = [&](std::string name) -> awaitable<std::vector<std::string>> {
            std::vector<std::string> seen;
            auto named = mine;
            for (const auto* noun : {"subscriptions", "sources", "keys", "tenants"})
                named[noun] = name;
            for (const auto& operation : document.operations()) {
                if (path_of(operation, named) == path_of(operation, mine)) continue;
                const auto reply = co_await call(caller, operation, named);
                seen.push_back(operation.name() + " " + seen_of(reply));
            }
            for (auto [path, body] : places) {
                if (const auto at = body.find("acme"); at != body.npos) body.replace(at, 4, name);
                const auto* method = body.empty() ? "GET" : "POST";
                auto answer = ask(method, body.empty() ? path + name : path, body);
                auto text = co_await std::move(answer);
                seen.push_back(path + " " + text);
            }
            Header tenant{"Katydid-Tenant", name};
            auto answer = ask("GET", "/v1/events", "", std::move(tenant));
            auto text = co_await std::move(answer);
            seen.push_back(std::move(text));
            co_return seen;
        };
        const auto foreign = co_await look("acme");
        const auto nothing = co_await look("acne");
        BOOST_TEST(foreign.size() > 25U);
        BOOST_TEST(foreign == nothing, boost::test_tools::per_element());
        for (const auto& each : foreign) BOOST_TEST(each.find(" 20") == std::string::npos, each);
    });
}

// Goal: lists hold the caller's own and nothing else, whatever ids the query names, and an operator
// sees a tenant's only by naming it.
BOOST_AUTO_TEST_CASE(lists_hold_the_callers_own)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto theirs = co_await make_things(person, "acme");
        const auto mine = co_await make_things(person, "globex");
        const auto document = co_await fetch_document(person);
        const auto caller = person.as(mine.at("tenant_key"));
        // The operators' own log, the default tenant's, says which tenants they made.
        const auto check = [&](const std::string& path, const std::string& body, bool is_log) {
            BOOST_TEST_CONTEXT(path << ": " << body)
            for (const auto& [noun, id] : theirs)
                if (!is_log || noun != "tenants") BOOST_TEST(body.find(id) == std::string::npos);
        };
        for (const auto& operation : document.operations()) {
            if (operation.method != "GET" || operation.has_path_parameter()) continue;
            if (operation.scope.empty()) continue;
            auto asker = caller;
            const auto own = co_await asker.manage("GET", operation.pattern);
            check(operation.pattern, own.body, false);
            // What an operator sees of these is every tenant's.
            if (operation.scope == "operator" || operation.pattern == "/v1/tenants") continue;
            auto root = person;
            const auto unnamed = co_await root.manage("GET", operation.pattern);
            check(operation.pattern, unnamed.body, operation.pattern == "/v1/audit");
        }
        auto asker = caller;
        for (const auto& [query, noun] : {std::pair{"/v1/deliveries?event=", "events"},
                                          {"/v1/deliveries?subscription=", "subscriptions"},
                                          {"/v1/rejected?source=", "sources"},
                                          {"/v1/audit?object=", "sources"}}) {
            const std::string path{query};
            const auto page = co_await asker.manage_as(200, "GET", path + theirs.at(noun));
            BOOST_TEST(page.at("data").as_array().empty());
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
