// The platforms' updates over a real hub: both directions, resumption, privacy, access.
#include <katydid/hub.hpp>

#include "tests/hub/consumer_client.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;
namespace json = boost::json;

namespace {

constexpr const char* protocol = "katydid.realtime.v1";
constexpr const char* path = "/api/realtime";
const std::string first_event = "evt_00000000000000000000000001";

awaitable<ApiClient> with_scopes(ApiClient& person, std::string scopes)
{
    auto body = R"({"name":"platform","scopes":[)" + scopes + "]}";
    const auto made = co_await person.manage_as(201, "POST", "/v1/keys", std::move(body));
    co_return person.as(text(made, "key"));
}

awaitable<ConsumerClient> connected(ApiClient& platform, std::string query = {})
{
    ConsumerClient client;
    const auto status = co_await client.connect(platform, path + query, protocol);
    BOOST_REQUIRE(status == 101U);
    co_return client;
}

/// Subscribes and returns the position from which on updates come.
awaitable<std::string> subscribe(ConsumerClient& client, std::string topics, std::string after = {})
{
    auto frame = R"({"type":"subscribe","topics":[)" + topics + "]";
    if (!after.empty()) frame += R"(,"after":")" + after + '"';
    co_await client.say(frame + "}");
    const auto answer = co_await client.next("subscribed");
    co_return text(answer, "after");
}

std::string publish_frame(const std::string& id, const std::string& name,
                          const std::string& payload)
{
    return R"({"type":"publish","ref":"r-)" + id + R"(","id":")" + id + R"(","name":")" + name
           + R"(","occurredAt":"2026-06-15T18:00:00.000Z","payload":)" + payload + "}";
}

/// Returns the hub's id of the event.
awaitable<std::string> publish_one(ConsumerClient& client, std::string id, std::string name,
                                   std::string payload)
{
    co_await client.say(publish_frame(id, name, payload));
    const auto answer = co_await client.next();
    BOOST_TEST(text(answer, "type") == "accepted", json::serialize(answer));
    BOOST_TEST(text(answer, "ref") == "r-" + id);
    co_return text(answer, "id");
}

/// Both platforms, connected.
struct Platforms {
    ConsumerClient grasshopper;
    ConsumerClient atlvs;
};

awaitable<Platforms> both(ApiClient& person)
{
    Platforms made;
    auto to_atlvs = co_await with_scopes(person, R"("bridge:atlvs")");
    auto to_grasshopper = co_await with_scopes(person, R"("bridge:grasshopper")");
    made.grasshopper = co_await connected(to_atlvs);
    made.atlvs = co_await connected(to_grasshopper);
    co_return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_realtime)

// Goal: what one platform publishes is stored as its webhook would be and reaches the other, data
// byte for byte; no platform hears its own.
BOOST_AUTO_TEST_CASE(both_directions)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        auto [grasshopper, atlvs] = co_await both(person);
        co_await subscribe(grasshopper, R"("*")");
        co_await subscribe(atlvs, R"("*")");
        const auto resource = co_await publish_one(atlvs, "a-1", "resource.updated",
                                                   R"({"id":"res_42",  "n":1.50})");
        auto update = co_await grasshopper.next();
        BOOST_TEST(text(update, "type") == "update");
        BOOST_TEST(text(update, "id") == resource);
        BOOST_TEST(text(update, "name") == "resource.updated");
        BOOST_TEST(text(update, "occurredAt") == "2026-06-15T18:00:00.000Z");
        BOOST_TEST(text(update.at("payload"), "id") == "res_42");
        const auto ticket = co_await publish_one(grasshopper, "g-1", "ticket.sold",
                                                 R"({"id":"tkt_1","quantity":2})");
        update = co_await atlvs.next();
        BOOST_TEST(text(update, "id") == ticket);
        BOOST_TEST(text(update, "name") == "ticket.sold");

        const auto kept = co_await person.manage("GET", "/v1/events/" + resource + "/payload");
        BOOST_TEST(kept.body
                   == R"({"id":"a-1","name":"resource.updated","occurredAt":)"
                      R"("2026-06-15T18:00:00.000Z","payload":{"id":"res_42",  "n":1.50}})");
        const auto sold = co_await person.manage("GET", "/v1/events/" + ticket + "/payload");
        BOOST_TEST(sold.body
                   == R"({"type":"ticket.sold","timestamp":"2026-06-15T18:00:00.000Z",)"
                      R"("data":{"id":"tkt_1","quantity":2}})");
        const auto event = co_await person.manage_as(200, "GET", "/v1/events/" + ticket);
        BOOST_TEST(text(event, "source") == "grasshopper");
        BOOST_TEST(text(event, "external_id") == "g-1");
        BOOST_TEST(text(event, "key") == "tkt_1");
    });
}

// Goal: the same id once more is a duplicate with the first one's id, by whichever way it came.
BOOST_AUTO_TEST_CASE(duplicates)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        co_await person.make_source("atlvs", "atlvs", "secret");
        const auto posted = co_await person.post_signed(
            "atlvs", *signing::find_scheme("atlvs"), "secret",
            R"({"id":"w-1","name":"budget.alert","occurredAt":"2026-06-15T18:00:00.000Z",)"
            R"("payload":{"id":"b_1"}})");
        BOOST_REQUIRE(posted.status == 200U);
        auto [grasshopper, atlvs] = co_await both(person);
        co_await subscribe(grasshopper, R"("budget.*","staff.assigned")", first_event);
        const auto alert = co_await grasshopper.next("update");
        BOOST_TEST(text(alert, "name") == "budget.alert");
        co_await atlvs.say(publish_frame("w-1", "budget.alert", R"({"id":"b_1"})"));
        auto answer = co_await atlvs.next("accepted");
        BOOST_TEST(answer.at("duplicate").as_bool());
        BOOST_TEST(text(answer, "id") == text(alert, "id"));
        for (int i = 0; i < 2; ++i) {
            co_await atlvs.say(publish_frame("w-2", "staff.assigned", "{}"));
            answer = co_await atlvs.next("accepted");
            BOOST_TEST(answer.at("duplicate").as_bool() == (i == 1));
        }
        const auto update = co_await grasshopper.next("update");
        BOOST_TEST(text(update, "id") == text(answer, "id"));
    });
}

// Goal: a platform resumes from any update without gap or repeat, also from where it stood before
// the first one; topics come and go, each with its own position.
BOOST_AUTO_TEST_CASE(resumes)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        auto key = co_await with_scopes(person, R"("bridge:atlvs")");
        auto [grasshopper, atlvs] = co_await both(person);
        const auto start = co_await subscribe(grasshopper, R"("resource.*")");
        grasshopper.cut();
        std::vector<std::string> ids;
        for (int i = 0; i < 120; ++i) {
            const auto* name = i % 2 == 0 ? "resource.updated" : "production.created";
            auto id = co_await publish_one(atlvs, "e-" + std::to_string(i), name, "{}");
            ids.push_back(std::move(id));
        }
        for (std::size_t from = 0; from < ids.size(); from += 40) {
            auto client = co_await connected(key);
            const auto after = from == 0 ? start : ids[from - 1];
            co_await subscribe(client, R"("resource.*")", after);
            for (std::size_t i = from; i < ids.size(); i += 2) {
                const auto update = co_await client.next("update");
                BOOST_TEST(text(update, "id") == ids[i]);
            }
            co_await subscribe(client, R"("production.created")", ids[100]);
            for (std::size_t i = 101; i < ids.size(); i += 2) {
                auto update = co_await client.next("update");
                while (text(update, "name") != "production.created")
                    update = co_await client.next("update");  // of the turn before
                BOOST_TEST(text(update, "id") == ids[i]);
            }
            co_await client.say(R"({"type":"unsubscribe","topics":["resource.*"]})");
            co_await subscribe(client, R"("budget.alert")");
            const auto n = std::to_string(from);
            co_await publish_one(atlvs, "u-" + n, "resource.updated", "{}");
            const auto wanted = co_await publish_one(atlvs, "v-" + n, "budget.alert", "{}");
            auto update = co_await client.next("update");
            while (text(update, "name") != "budget.alert") {
                BOOST_TEST(text(update, "id") < wanted);
                update = co_await client.next("update");
            }
            BOOST_TEST(text(update, "id") == wanted);
        }
    });
}

// Goal: what the privacy tables take out of webhooks is taken out here, before it is stored.
BOOST_AUTO_TEST_CASE(privacy)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        auto [grasshopper, atlvs] = co_await both(person);
        co_await subscribe(atlvs, R"("ticket.*")");
        const auto id = co_await publish_one(
            grasshopper, "t-1", "ticket.sold",
            R"({"id":"tkt_1","quantity":2,"customerId":"cus_1","email":"jane.doe@mail.example"})");
        const auto update = co_await atlvs.next("update");
        BOOST_TEST(json::serialize(update.at("payload")) == R"({"id":"tkt_1","quantity":2})");
        const auto event = co_await person.manage_as(200, "GET", "/v1/events/" + id);
        BOOST_TEST(text(event, "subject") == "cus_1");
        const auto kept = co_await person.manage("GET", "/v1/events/" + id + "/payload");
        BOOST_TEST(kept.body.find("jane") == std::string::npos);
    });
}

// Goal: only the scopes of the bridge connect, each as its platform; a key that may speak for both
// says for which; a revoked key ends it with 4401.
BOOST_AUTO_TEST_CASE(access)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        auto reader = co_await with_scopes(person, R"("events:read")");
        auto to_atlvs = co_await with_scopes(person, R"("bridge:atlvs")");
        ConsumerClient client;
        auto status = co_await client.connect(reader, path, protocol);
        BOOST_TEST(status == 403U);
        status = co_await client.connect(to_atlvs, path + std::string{"?as=atlvs"}, protocol);
        BOOST_TEST(status == 403U);
        for (const auto* query : {"", "?as=other", "?zzz=1"}) {
            status = co_await client.connect(person, path + std::string{query}, protocol);
            BOOST_TEST(status == 422U, query << status);
        }
        status = co_await client.connect(to_atlvs, path, "katydid.v1");
        BOOST_TEST(status == 400U);
        co_await person.manage_as(426, "GET", "/api/realtime?as=atlvs");
        status = co_await client.connect(person.as("kd_live_wrong"), path, protocol);
        BOOST_TEST(status == 401U);
        auto operators = co_await connected(person, "?as=grasshopper");
        co_await operators.say(R"({"type":"ping"})");
        co_await operators.next("pong");

        const auto made = co_await person.manage_as(201, "POST", "/v1/keys",
                                                    R"({"name":"k","scopes":["bridge:atlvs"]})");
        auto leaving = person.as(text(made, "key"));
        auto revoked = co_await connected(leaving);
        co_await person.manage("DELETE", "/v1/keys/" + text(made, "id"));
        const auto end = co_await revoked.next();
        BOOST_TEST(end.is_null());
        BOOST_TEST(revoked.close_code() == 4401U);
    });
}

// Goal: a browser connects by a ticket, once.
BOOST_AUTO_TEST_CASE(tickets)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        auto key = co_await with_scopes(person, R"("bridge:grasshopper")");
        const auto ticket = co_await key.manage_as(201, "POST", "/v1/tickets",
                                                   R"({"path":"/api/realtime"})");
        auto stranger = person.as("none");
        const auto query = "?ticket=" + text(ticket, "ticket");
        auto client = co_await connected(stranger, query);
        co_await subscribe(client, R"("*")");
        ConsumerClient second;
        const auto status = co_await second.connect(stranger, path + query, protocol);
        BOOST_TEST(status == 401U);
    });
}

// Goal: a frame that makes no sense changes nothing and is answered; what cannot be published is
// refused by its ref; too many of them, and what is no text, end the connection.
BOOST_AUTO_TEST_CASE(bad_frames)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        auto key = co_await with_scopes(person, R"("bridge:atlvs")");
        auto client = co_await connected(key);
        for (const auto* frame :
             {"", "null", "[]", "{", "{}", R"({"type":"shout"})", R"({"type":"subscribe"})",
              R"({"type":"subscribe","topics":[]})", R"({"type":"subscribe","topics":["a b"]})",
              R"({"type":"subscribe","topics":["a"],"after":"evt_1"})",
              R"({"type":"subscribe","topics":["a"],"topics":["b"]})",
              R"({"type":"unsubscribe","topics":"a"})", R"({"type":"publish","id":"1"})"}) {
            co_await client.say(frame);
            const auto answer = co_await client.next();
            BOOST_TEST(text(answer, "type") == "error", frame << json::serialize(answer));
        }
        for (const auto& frame :
             {publish_frame("1", "katydid.x", "{}"), publish_frame("1", "bridge.sale", "{}"),
              publish_frame("1", "a b", "{}"), publish_frame("1", "a.b", R"({"a":1},"more":1)"),
              std::string{R"({"type":"publish","ref":"r-1","id":"1","name":"a.b"})"},
              std::string{R"({"type":"publish","ref":"r-1","id":"1","name":"a.b",)"
                          R"("occurredAt":"soon","payload":1})"}}) {
            co_await client.say(frame);
            const auto answer = co_await client.next();
            BOOST_TEST(text(answer, "type") == "refused", frame << json::serialize(answer));
            BOOST_TEST(text(answer, "ref") == "r-1");
            BOOST_TEST(!answer.as_object().contains("retry_after"));
        }
        const auto events = co_await person.manage_as(200, "GET", "/v1/events?source=grasshopper");
        BOOST_TEST(events.at("data").as_array().empty());
        for (int i = 0; i < 90; ++i) co_await client.say("{}");
        auto answer = co_await client.next();
        while (!answer.is_null()) answer = co_await client.next();
        BOOST_TEST(client.close_code() == 1008U);

        auto binary = co_await connected(key);
        co_await binary.say("{}", true);
        answer = co_await binary.next();
        BOOST_TEST(answer.is_null());
        BOOST_TEST(binary.close_code() == 1003U);
    });
}

// Goal: topics and answers are bounded; one that does not read its answers is told to resume.
BOOST_AUTO_TEST_CASE(bounds)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        auto key = co_await with_scopes(person, R"("bridge:atlvs")");
        auto greedy = co_await connected(key);
        json::value answer;
        for (int i = 0; i < 5; ++i) {
            std::string topics;
            for (int j = 0; j < 45; ++j)
                topics += (j == 0 ? "\"t." : ",\"t.") + std::to_string(i * 45 + j) + '"';
            co_await greedy.say(R"({"type":"subscribe","topics":[)" + topics + "]}");
            answer = co_await greedy.next();
        }
        BOOST_TEST(answer.is_null());
        BOOST_TEST(greedy.close_code() == 1008U);

        auto slow = co_await connected(key);
        std::string topics;
        for (int i = 0; i < 50; ++i)
            topics += (i == 0 ? "\"" : ",\"") + std::to_string(i) + std::string(190, 'x') + '"';
        const auto frame = R"({"type":"subscribe","topics":[)" + topics + R"(],"after":")"
                           + first_event + "\"}";
        for (int i = 0; i < 3'000; ++i) co_await slow.say(frame);
        answer = co_await slow.next();
        while (!answer.is_null()) answer = co_await slow.next();
        BOOST_TEST(slow.close_code() == 4408U);
    });
}

// Goal: a hub that ends says so, after the answers for what it has stored.
BOOST_AUTO_TEST_CASE(drains)
{
    const Folder folder;
    Hub hub{settings_in(folder)};
    run_with_hub(hub, [&](ApiClient person) -> awaitable<> {
        auto [grasshopper, atlvs] = co_await both(person);
        co_await subscribe(grasshopper, R"("*")");
        co_await publish_one(atlvs, "1", "resource.updated", "{}");
        hub.stop();
        for (auto* each : {&grasshopper, &atlvs}) {
            co_await each->next("draining");
            const auto end = co_await each->next();
            BOOST_TEST(end.is_null());
            BOOST_TEST(each->close_code() == 1001U);
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
