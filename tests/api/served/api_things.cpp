#include "tests/api/served/api_things.hpp"

#include "signing/schemes/scheme_traits.hpp"

namespace katydid::test {
namespace {

namespace json = boost::json;

constexpr const char* own_scheme = R"(
algorithm = "hmac-sha256"
signature = { from = "header:X-Mine", encoding = "hex" }
message = "{body}"
type = "json:/kind"
)";

json::value parse_reply(const http::ClientReply& reply, const std::string& what)
{
    if (reply.status >= 300)
        throw std::runtime_error{what + " answered " + std::to_string(reply.status) + ": "
                                 + reply.body};
    return json::parse(reply.body);
}

awaitable<std::string> make(ApiClient& person, std::string path, json::object body,
                            std::string_view member = "id")
{
    const auto reply = co_await person.manage("POST", path, json::serialize(body));
    const auto value = parse_reply(reply, path);
    co_return std::string{value.at(member).as_string()};
}

awaitable<std::string> first_row(ApiClient& person, std::string path)
{
    const auto page = co_await person.wait_for(
        path, [](const json::value& value) { return !value.at("data").as_array().empty(); });
    co_return text(page.at("data").at(0), "id");
}

}  // namespace

awaitable<std::string> make_key(ApiClient admin, std::string scope)
{
    const json::object body{{"name", scope}, {"scopes", json::array{json::value(scope)}}};
    auto key = make(admin, "/v1/keys", body, "key");
    co_return co_await std::move(key);
}

awaitable<Things> make_things(ApiClient person, std::string tenant)
{
    Things things;
    const json::object named{{"name", tenant}};
    things["tenants"] = co_await make(person, "/v1/tenants", named);
    // The operator makes the tenant's first key.
    Call call{"POST",
              "/v1/keys",
              R"({"name":"first","scopes":["admin"]})",
              {person.authorisation(), {"Katydid-Tenant", tenant}}};
    const auto made = co_await person.send(std::move(call));
    const auto key = parse_reply(made, "POST /v1/keys");
    things["keys"] = text(key, "id");
    things["tenant_key"] = text(key, "key");
    auto admin = person.as(things["tenant_key"]);

    const json::object source{{"name", "github"},
                              {"schemes", json::array{json::value("github")}},
                              {"secret", "topsecret-of-" + tenant}};
    things["sources"] = co_await make(admin, "/v1/sources", source);
    const json::object scheme{{"name", "own-" + tenant}, {"toml", own_scheme}};
    things["schemes"] = co_await make(admin, "/v1/schemes", scheme, "name");
    const json::object type{{"name", "order." + tenant},
                            {"schema", json::object{{"type", "object"}}}};
    things["event-types"] = co_await make(admin, "/v1/event-types", type, "name");
    // Nobody listens there: its deliveries stay undelivered.
    const json::object handler{{"url", "http://127.0.0.1:9/hook"}};
    const json::object subscription{{"name", "to-nobody"},
                                    {"event_types", json::array{json::value("*")}},
                                    {"handler", handler}};
    things["subscriptions"] = co_await make(admin, "/v1/subscriptions", subscription);
    const json::object event{{"type", "order." + tenant},
                             {"data", json::object{{"n", 1}}},
                             {"id", "1-" + tenant},
                             {"subject", "anna-" + tenant}};
    things["events"] = co_await make(admin, "/v1/events", event);
    things["subjects"] = "anna-" + tenant;
    things["deliveries"] = co_await first_row(admin, "/v1/deliveries");
    const json::object filter{{"states", json::array{json::value("dead")}}};
    things["replay-jobs"] = co_await make(admin, "/v1/deliveries/retry", filter);

    const auto github = signing::find_scheme("github");
    const auto refused = co_await person.post_signed(things["tenants"] + "/github", *github,
                                                     "wrong", R"({"action":"opened"})");
    if (refused.status != 401) throw std::runtime_error{"a wrong signature was not refused"};
    things["rejected"] = co_await first_row(admin, "/v1/rejected");
    const json::object login{{"key", things["tenant_key"]}};
    Call sign_in{
        "POST", "/console/session", json::serialize(login), {{"Content-Type", "application/json"}}};
    const auto session = co_await person.send(std::move(sign_in));
    // A program without the console has no sessions.
    things["sessions"] = "nothing";
    if (session.status == 201) things["sessions"] = co_await first_row(admin, "/v1/sessions");
    co_return things;
}

std::string path_of(const Operation& operation, const Things& things)
{
    auto path = operation.pattern;
    const auto open = path.find('{');
    if (open == std::string::npos) return path;
    const auto slash = path.rfind('/', open - 2);
    const auto noun = path.substr(slash + 1, open - slash - 2);
    const auto found = things.find(noun);
    path.replace(open, path.find('}') - open + 1,
                 found == things.end() ? "nothing" : found->second);
    return path;
}

std::string good_body(const Operation& operation)
{
    static const std::map<std::string, std::string> bodies{
        {"POST /v1/events", R"({"type":"order.made","data":{"n":2}})"},
        {"POST /v1/event-types", R"({"name":"new.type","schema":true})"},
        {"PUT /v1/event-types/{name}", R"({"description":"changed"})"},
        {"POST /v1/deliveries/{id}/retry", R"({"force":true})"},
        {"POST /v1/deliveries/retry", R"({"states":["dead"]})"},
        {"POST /v1/subscriptions/{id}/replay", R"({"states":["dead"]})"},
        {"POST /v1/events/{id}/replay", "{}"},
        {"PATCH /v1/limits", R"({"in_flight":900})"},
        {"POST /v1/subscriptions",
         R"({"name":"new","event_types":["x"],"handler":{"url":"http://127.0.0.1:9/"}})"},
        {"PATCH /v1/subscriptions/{id}", R"({"timeout":"9s"})"},
        {"POST /v1/sources", R"({"name":"new","schemes":["github"],"secret":"abcdefgh"})"},
        {"PATCH /v1/sources/{id}", R"({"public_url":"https://example.com/x"})"},
        {"PUT /v1/schemes/{name}", json::serialize(json::object{{"toml", own_scheme}})},
        {"POST /v1/schemes", json::serialize(json::object{{"name", "new"}, {"toml", own_scheme}})},
        {"POST /v1/sources/{id}/rotate-secret", R"({"secret":"another-secret"})"},
        {"POST /v1/subscriptions/{id}/rotate-secret", "{}"},
        {"POST /v1/subscriptions/{id}/poll", "{}"},
        {"POST /v1/subscriptions/{id}/ack", "{}"},
        {"POST /v1/tenants", R"({"name":"new"})"},
        {"POST /v1/tickets", R"({"path":"/v1/feed"})"},
        {"POST /v1/embed-tokens",
         R"({"widget":"analytics","event_id":"1","origins":["https://a.example"]})"},
        {"POST /v1/filters/test", R"({"filter":{"payload":{"n":1}},"latest":5})"},
        {"POST /v1/transforms/test",
         R"({"code":"function transform() { return {payload: 1}; }","sample":{}})"},
        {"POST /v1/portal-links", R"({"role":"read"})"},
        {"PATCH /v1/tenants/{id}", R"({"in_flight":7})"},
        {"POST /v1/keys", R"({"name":"new","scopes":["events:read"]})"},
        {"PUT /v1/subjects/{subject}/privacy", R"({"opt_out":true})"}};
    if (operation.body() == nullptr) return "";
    const auto found = bodies.find(operation.name());
    if (found == bodies.end())
        throw std::runtime_error{operation.name() + " has no example here: add one"};
    return found->second;
}

awaitable<ApiDocument> fetch_document(ApiClient person)
{
    const auto reply = co_await person.manage("GET", "/openapi.json");
    co_return ApiDocument{json::parse(reply.body)};
}

}  // namespace katydid::test
