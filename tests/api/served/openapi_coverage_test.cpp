// Whatever the document describes is served: a story that gets every field and every status.
#include <katydid/hub.hpp>
#include "tests/api/served/access_story.hpp"
#include "tests/api/served/covered_elsewhere.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

constexpr const char* fixed_scheme = R"(
algorithm = "hmac-sha256"
signature = { from = "header:X-Fixed", encoding = "hex" }
message = "{body}"
type = "json:/kind"
)";

awaitable<> of_operators(Story& story)
{
    co_await story.tell(200, "GET /openapi.json");
    co_await story.tell(200, "GET /docs");
    co_await story.tell(200, "GET /");
    co_await story.tell(426, "GET /api/realtime?as=atlvs");
    co_await story.tell(200, "GET /v1/limits");
    co_await story.tell(200, "PATCH /v1/limits", R"({"in_flight":500,"tenant_in_flight":null})");
    co_await story.tell(409, "POST /v1/tenants", R"({"name":"acme"})");
    co_await story.tell(
        201, "POST /v1/tenants",
        R"({"name":"kept","schema_mode":"warn","in_flight":3,"retention":)"
        R"({"delivered":"1d","dead":"2d","dedupe":"3d","rejected":"4d"},"branding":)"
        R"({"accent":"#0a7d55","logo":"data:image/png;base64,AAAA"}})");
    co_await story.tell(200, "GET /v1/tenants");
    co_await story.tell(200, "GET /v1/tenants/{id}");
    co_await story.tell(200, "PATCH /v1/tenants/{id}", R"({"in_flight":9})");
    co_await story.tell(409, "PATCH /v1/tenants/{id}", R"({"name":"kept"})");
    const auto tenant = std::exchange(story.thing("tenants"), "kept");
    co_await story.tell(204, "DELETE /v1/tenants/{id}");
    story.thing("tenants") = "default";
    co_await story.tell(409, "DELETE /v1/tenants/{id}");
    story.thing("tenants") = tenant;
    co_await story.tell(200, "GET /v1/stats?bucket=1m");
    const std::string about[] = {"settings",     "identities",
                                 "certificates", "doctor?receivers=false",
                                 "bridge",       "bridge/operations?limit=1"};
    for (const auto& path : about) co_await story.tell(200, "GET /v1/" + path);
    co_await story.tell(201, "POST /v1/embed-tokens",
                        R"({"widget":"analytics","event_id":"1","origins":["https://a.example"]})");
    const auto keys = co_await story.tell(200, "GET /v1/keys");
    std::swap(story.thing("keys"), story.thing("other_keys"));
    story.thing("keys") = text(keys.at("data").at(0), "id");
    co_await story.tell(409, "DELETE /v1/keys/{id}");
    std::swap(story.thing("keys"), story.thing("other_keys"));
}

awaitable<> of_events(Story& story)
{
    Headers type{{"Content-Type", "application/cloudevents+json"}};
    const auto published = co_await story.tell(
        202, "POST /v1/events",
        R"({"specversion":"1.0","id":"1","source":"/s","type":"a.b","data":1})", std::move(type));
    const auto first = std::exchange(story.thing("events"), text(published, "id"));
    co_await story.tell(200, "GET /v1/events/{id}");  // with the headers it came with
    story.thing("events") = first;
    co_await story.tell(200, "POST /v1/filters/test",
                        R"({"filter":{"payload":{"n":1}},"event_types":["*"],"latest":5})");
    co_await story.tell(422, "POST /v1/events", R"({"type":"a.b"})");
    co_await story.tell(202, "POST /v1/events", R"({"type":"a.b","id":"x","data":1})");
    co_await story.tell(409, "POST /v1/events", R"({"type":"a.b","id":"x","data":2})");
    co_await story.tell(202, "POST /v1/events",
                        R"([{"type":"a.b","id":"x","data":2},{"type":"a.c","data":2}])");
    co_await story.tell(200, "GET /v1/events?limit=2&order=asc");
    co_await story.tell(200, "GET /v1/events/{id}");
    co_await story.tell(200, "GET /v1/events/{id}/payload");
    co_await story.tell(202, "POST /v1/events/{id}/replay", "{}");
    co_await story.tell(200, "GET /v1/event-types");
    co_await story.tell(200, "GET /v1/event-types/{name}");
    co_await story.tell(201, "POST /v1/event-types", R"({"name":"t","description":"d"})");
    co_await story.tell(409, "POST /v1/event-types", R"({"name":"t"})");
    co_await story.tell(200, "PUT /v1/event-types/{name}", R"({"schema":{"type":"object"}})");
    co_await story.tell(204, "DELETE /v1/event-types/{name}");
    co_await story.tell(200, "POST /v1/subjects/{subject}/erase");
    co_await story.tell(200, "PUT /v1/subjects/{subject}/privacy", R"({"opt_out":["atlvs"]})");
    co_await story.tell(200, "GET /v1/subjects/{subject}/privacy");
    co_await story.tell(200, "GET /v1/audit");
    co_await story.tell(200, "GET /v1/audit/verify");
    co_await story.tell(200, "GET /v1/stats");
    co_await story.tell(200, "GET /v1/stats/now");
}

awaitable<> of_deliveries(Story& story)
{
    co_await story.person().wait_for(
        "/v1/deliveries/" + story.thing("deliveries") + "/attempts",
        [](const json::value& page) { return !page.at("data").as_array().empty(); });
    co_await story.tell(200, "GET /v1/deliveries?state=scheduled");
    co_await story.tell(200, "GET /v1/deliveries/{id}");
    co_await story.tell(200, "GET /v1/deliveries/{id}/attempts");
    const auto id = story.thing("deliveries");
    co_await story.person().wait_for("/v1/deliveries/" + id, [](const json::value& delivery) {
        return text(delivery, "state") != "in_flight";
    });
    co_await story.tell(202, "POST /v1/deliveries/{id}/cancel");
    co_await story.tell(409, "POST /v1/deliveries/{id}/cancel");
    co_await story.tell(202, "POST /v1/deliveries/{id}/retry", R"({"force":true})");
    const auto job = co_await story.tell(
        202, "POST /v1/deliveries/retry",
        R"({"states":["dead"],"status":500,"subscription":")" + story.thing("subscriptions")
            + R"(","event":")" + story.thing("events")
            + R"(","since":"2026-01-01T00:00:00Z","until":"2026-01-02T00:00:00Z"})");
    story.thing("replay-jobs") = text(job, "id");
    co_await story.tell(200, "GET /v1/replay-jobs");
    co_await story.tell(200, "GET /v1/replay-jobs/{id}");
    co_await story.tell(202, "POST /v1/subscriptions/{id}/replay", "{}");
}

awaitable<> of_subscriptions(Story& story)
{
    const auto made = co_await story.tell(
        201, "POST /v1/subscriptions",
        R"({"name":"full","event_types":["q.*"],"sources":["github"],"handler":{"kind":"endpoint",)"
        R"("url":"http://127.0.0.1:9/","headers":{"X-A":"b"}},"filter":{"payload":{"a":1}},)"
        R"("limits":{"in_flight":3,"adaptive":true,"per_second":5,"burst":2,"payload_bytes":9,)"
        R"("ordering":"key","order_key":"/a"},"retry":{"delays":["5s"],"age_max":"1h",)"
        R"("statuses":{"404":"full"}},"timeout":"5s","connect_timeout":"1s",)"
        R"("first_byte_timeout":"2s","expires_at":"2099-01-01T00:00:00Z"})");
    co_await story.tell(
        409, "POST /v1/subscriptions",
        R"({"name":"full","event_types":["q"],"handler":{"url":"http://127.0.0.1:9/"}})");
    const auto pair = co_await story.tell(
        201, "POST /v1/subscriptions",
        R"({"name":"pair","event_types":["q"],"signature":"standard-webhooks-v1a",)"
        R"("handler":{"url":"http://127.0.0.1:9/"}})");
    co_await story.tell(201, "POST /v1/subscriptions",
                        R"({"name":"raw","event_types":["q"],"dialect":"raw",)"
                        R"("handler":{"url":"http://127.0.0.1:9/"}})");
    co_await story.tell(200, "GET /v1/subscriptions");
    const auto first = std::exchange(story.thing("subscriptions"), text(pair, "id"));
    co_await story.tell(200, "POST /v1/subscriptions/{id}/rotate-secret", "{}");
    story.thing("subscriptions") = text(made, "id");
    co_await story.tell(200, "GET /v1/subscriptions/{id}");
    co_await story.tell(200, "PATCH /v1/subscriptions/{id}", R"({"signature":null,"filter":null})");
    co_await story.tell(409, "PATCH /v1/subscriptions/{id}", R"({"name":"raw"})");
    co_await story.tell(200, "GET /v1/subscriptions/{id}/secret");
    co_await story.tell(200, "POST /v1/subscriptions/{id}/pause");
    co_await story.tell(200, "POST /v1/subscriptions/{id}/resume");
    co_await story.tell(202, "POST /v1/subscriptions/{id}/test");
    co_await story.tell(200, "POST /v1/subscriptions/{id}/rotate-secret", "{}");
    co_await story.tell(204, "DELETE /v1/subscriptions/{id}");
    story.thing("subscriptions") = first;
    co_await story.tell(201, "POST /v1/subscriptions",
                        R"({"name":"with-identity","event_types":["q"],"handler":)"
                        R"({"url":"http://127.0.0.1:9/","identity":"bank"}})");
}

awaitable<> of_streams(Story& story)
{
    co_await story.tell(409, "POST /v1/subscriptions/{id}/poll", "{}");
    co_await story.tell(409, "POST /v1/subscriptions/{id}/ack", "{}");
    co_await story.tell(409, "GET /v1/subscriptions/{id}/consume");
    const auto made = co_await story.tell(
        201, "POST /v1/subscriptions",
        R"({"name":"consumed","event_types":["consumed.*"],"handler":{"kind":"stream"}})");
    const auto first = std::exchange(story.thing("subscriptions"), text(made, "id"));
    co_await story.tell(426, "GET /v1/subscriptions/{id}/consume");
    co_await story.tell(426, "GET /v1/feed");
    co_await story.tell(202, "POST /v1/events", R"({"type":"consumed.now","data":1})");
    const auto polled = co_await story.tell(200, "POST /v1/subscriptions/{id}/poll",
                                            R"({"max":1,"wait":"20s"})");
    const auto delivery = text(polled.at("deliveries").at(0), "delivery");
    co_await story.tell(200, "POST /v1/subscriptions/{id}/ack",
                        R"({"acks":[{"delivery":")" + delivery + R"("}]})");
    story.thing("subscriptions") = first;
}

std::string batch_of(std::size_t count, const std::string& type)
{
    std::string body;
    for (std::size_t i = 0; i < count; ++i)
        body += (i == 0 ? "[" : ",") + std::string{R"({"type":")"} + type + R"(","data":1})";
    return body + "]";
}

/// A receiver that is gone, and one that says so.
awaitable<> of_trouble(Story& story)
{
    const auto path = "/v1/subscriptions/" + story.thing("subscriptions");
    co_await story.tell(200, "PATCH /v1/subscriptions/{id}", R"({"limits":{"adaptive":true}})");
    co_await story.tell(202, "POST /v1/events", batch_of(40, "order.made"));
    co_await story.person().wait_for(path, [](const json::value& subscription) {
        const auto& state = subscription.at("state").as_object();
        return state.contains("resumes_at") && state.contains("adaptive_limit");
    });
    co_await story.tell(200, "GET /v1/subscriptions/{id}");
}

awaitable<> of_sources(Story& story)
{
    const auto made = co_await story.tell(201, "POST /v1/sources",
                                          R"({"name":"std","schemes":["standard-webhooks"]})");
    co_await story.tell(409, "POST /v1/sources",
                        R"({"name":"std","schemes":["github"],"secret":"abcdefgh"})");
    co_await story.tell(200, "GET /v1/sources");
    co_await story.tell(200, "GET /v1/sources/{id}");
    co_await story.tell(200, "PATCH /v1/sources/{id}", R"({"public_url":"https://a.example/x"})");
    co_await story.tell(200, "GET /v1/rejected");
    co_await story.tell(200, "GET /v1/rejected/{id}");
    co_await story.tell(409, "POST /v1/rejected/{id}/replay");
    co_await story.tell(200, "POST /v1/sources/{id}/rotate-secret", R"({"secret":"wrong"})");
    co_await story.tell(200, "POST /v1/rejected/{id}/replay");
    story.thing("rejected") = co_await story.refuse_a_webhook();
    co_await story.tell(204, "DELETE /v1/rejected/{id}");
    co_await story.tell(200, "PATCH /v1/sources/{id}",
                        R"({"client_subject":"CN=github","gzip":true,"tolerance":"10m",)"
                        R"("repeats":"refuse","unsigned_types":"refuse","split":true,)"
                        R"("principal":"hooks@example.com","verify_token":"shown"})");
    story.thing("sources") = text(made, "id");
    co_await story.tell(200, "POST /v1/sources/{id}/rotate-secret", "{}");
    co_await story.tell(204, "DELETE /v1/sources/{id}");
    co_await story.tell(200, "GET /v1/schemes?limit=250");
    const auto scheme = co_await story.tell(200, "GET /v1/schemes/{name}");
    const auto toml = json::serialize(json::object{{"toml", scheme.at("toml")}});
    co_await story.tell(200, "PUT /v1/schemes/{name}", toml);
    json::object again{{"name", story.thing("schemes")}, {"toml", scheme.at("toml")}};
    co_await story.tell(409, "POST /v1/schemes", json::serialize(again));
    again["name"] = "used";
    co_await story.tell(201, "POST /v1/schemes", json::serialize(again));
    co_await story.tell(201, "POST /v1/sources",
                        R"({"name":"using","schemes":["used"],"secret":"topsecret"})");
    const auto first = std::exchange(story.thing("schemes"), "used");
    co_await story.tell(409, "DELETE /v1/schemes/{name}");
    story.thing("schemes") = first;
    co_await story.tell(204, "DELETE /v1/schemes/{name}");
}

awaitable<> of_transforms(Story& story)
{
    co_await story.tell(200, "GET /v1/transforms/presets");
    const auto tell = [&](unsigned status, std::string code, json::object more) {
        more["code"] = std::move(code);
        return story.tell(status, "POST /v1/transforms/test", json::serialize(more));
    };
    const json::object sample{{"sample", json::object{{"payload", json::object{}}}}};
    auto told = tell(200,
                     "function transform() { return {payload: 1, headers: {a: 'b'}, path: '/', "
                     "cancel: 'c', paylod: 2}; }",
                     sample);
    co_await std::move(told);
    told = tell(200, "function transform() { throw new Error('no'); }", sample);
    co_await std::move(told);
    told = tell(404, "1", {{"event", EventId{}.to_string()}});
    co_await std::move(told);
    co_await story.tell(
        201, "POST /v1/subscriptions",
        R"({"name":"shaped","event_types":["none.such"],"handler":{"kind":"stream"},)"
        R"("transform":{"code":"function transform() {}"}})");
}

/// A job that has more to ask for than may be under way is not over while its receiver hangs.
awaitable<> of_jobs(Story& story, std::atomic<bool>& hangs)
{
    constexpr std::int64_t count = 1'100;
    for (int part = 0; part < 2; ++part)
        co_await story.tell(202, "POST /v1/events", batch_of(count / 2, "resource.made"));
    co_await story.person().wait_for("/v1/stats", [](const json::value& stats) {
        return stats.at("deliveries").at("delivered").to_number<std::int64_t>() >= count;
    });
    hangs = true;
    const auto job = co_await story.tell(202, "POST /v1/deliveries/retry",
                                         R"({"states":["delivered"]})");
    story.thing("replay-jobs") = text(job, "id");
    // Behind the job's first step: cancelled before it, it would leave none.
    const auto due = co_await story.person().wait_for(
        "/v1/deliveries?state=pending",
        [](const json::value& page) { return !page.at("data").as_array().empty(); });
    story.thing("deliveries") = text(due.at("data").at(0), "id");
    for (const std::string call : {"pause", "resume", "cancel"})
        co_await story.tell(200, "POST /v1/replay-jobs/{id}/" + call);
    for (const std::string call : {"pause", "resume", "cancel"})
        co_await story.tell(409, "POST /v1/replay-jobs/{id}/" + call);
    co_await story.tell(409, "POST /v1/deliveries/{id}/retry");
    co_await story.tell(202, "POST /v1/events", R"({"type":"gone.for-good","data":1})");
    const auto is_disabled = [](const json::value& row) {
        return text(row, "status") == "disabled";
    };
    co_await story.person().wait_for("/v1/subscriptions", [&](const json::value& page) {
        return std::ranges::any_of(page.at("data").as_array(), is_disabled);
    });
    co_await story.tell(200, "GET /v1/subscriptions");
}

/// What settings and programs made is theirs.
awaitable<> of_settings(Story& story)
{
    const auto id_of = [&](std::string path) -> awaitable<std::string> {
        const auto page = co_await story.person().manage_as(200, "GET", path);
        co_return text(page.at("data").at(0), "id");
    };
    story.thing("sources") = co_await id_of("/v1/sources");
    story.thing("subscriptions") = co_await id_of("/v1/subscriptions");
    story.thing("schemes") = "fixed";
    co_await story.tell(409, "PATCH /v1/sources/{id}", R"({"schemes":["github"]})");
    co_await story.tell(409, "DELETE /v1/sources/{id}");
    co_await story.tell(409, "POST /v1/sources/{id}/rotate-secret", "{}");
    const json::object toml{{"toml", fixed_scheme}};
    co_await story.tell(409, "PUT /v1/schemes/{name}", json::serialize(toml));
    co_await story.tell(409, "DELETE /v1/subscriptions/{id}");
    co_await story.tell(409, "POST /v1/subscriptions/{id}/pause");
    co_await story.tell(409, "POST /v1/subscriptions/{id}/resume");
    co_await story.tell(409, "POST /v1/subscriptions/{id}/rotate-secret", "{}");
    co_await story.tell(409, "GET /v1/subscriptions/{id}/secret");
}

Settings settings_with_things(const Folder& folder)
{
    auto settings = settings_in(folder);
    FixedSource source;
    source.name = "fixed";
    source.schemes = {"github"};
    source.secrets = {Secret{"topsecret"}};
    settings.sources.push_back(std::move(source));
    settings.schemes.push_back({"fixed", fixed_scheme});
    auto& bank = settings.identities.emplace_back();
    bank.name = "bank";
    bank.hosts = {"127.0.0.1"};
    settings.tls.client_ca_file = "clients.pem";  // plain HTTP: nobody reads it
    settings.drain_timeout = milliseconds{200};
    return settings;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_openapi_coverage)

// Goal: nothing is described that is not served: each schema's fields, each route's own statuses.
BOOST_AUTO_TEST_CASE(everything_described_is_served)
{
    const Folder folder;
    Hub hub{settings_with_things(folder)};
    std::atomic<bool> hangs = false;
    hub.on({.name = "stock", .sources = {}, .event_types = {"resource.*"}},
           [&](const Event&) -> awaitable<Outcome> {
               const auto executor = co_await asio::this_coro::executor;
               asio::steady_timer never{executor, asio::steady_timer::time_point::max()};
               if (hangs) co_await never.async_wait(use_tuple);
               co_return Outcome::delivered();
           });
    hub.on({.name = "gone", .sources = {}, .event_types = {"gone.*"}},
           [](const Event&) -> awaitable<Outcome> {
               auto gone = Outcome::failed("gone");
               gone.status = 410;
               co_return gone;
           });
    run_with_hub(hub, [&](ApiClient person) -> awaitable<> {
        const auto things = co_await make_things(person, "acme");
        auto document = co_await fetch_document(person);
        Story story{person, document, things};
        co_await of_operators(story);
        story.use(things.at("tenant_key"));
        co_await of_deliveries(story);
        co_await of_subscriptions(story);
        co_await of_streams(story);
        co_await of_sources(story);
        co_await of_keys(story);
        co_await of_transforms(story);
        co_await of_events(story);
        co_await of_trouble(story);
        story.use(person.authorisation().value.substr(7));
        co_await of_settings(story);
        co_await of_jobs(story, hangs);
        for (const auto& field : document.fields_never_seen())
            BOOST_TEST_CONTEXT(field) BOOST_TEST(is_elsewhere(field));
        for (const auto& status : document.statuses_never_seen())
            BOOST_TEST_CONTEXT(status) BOOST_TEST(is_elsewhere(status));
    });
}

BOOST_AUTO_TEST_SUITE_END()
