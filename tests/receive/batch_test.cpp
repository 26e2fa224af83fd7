// Requests that hold several events: a repeat only as a whole, split where the source says so.
#include "tests/receive/sender.hpp"
#include "tests/support/lists.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

struct Provider {
    std::string scheme;
    std::string before, after;  ///< around the events
    std::string (*item)(const std::string& id);
    Headers headers{};
    std::string query{};
};

std::string line_item(const std::string& id)
{
    return R"({"type":"message","webhookEventId":")" + id + R"("})";
}
std::string grid_item(const std::string& id)
{
    return R"({"eventType":"Blob.Created","id":")" + id + R"(","data":{"n":1.0}})";
}
std::string auth0_item(const std::string& id)
{
    return R"({"log_id":")" + id + R"(","data":{"type":"s"}})";
}
std::string graph_item(const std::string& id)
{
    return R"({"clientState":"topsecret-of-the-test","changeType":"updated","id":")" + id + R"("})";
}
std::string cloud_item(const std::string& id)
{
    return R"({"specversion":"1.0","source":"/s","type":"a.b","id":")" + id + R"("})";
}

const Headers token{{"Authorization", "topsecret-of-the-test"}};
const Headers batch_of_cloud_events{{"Authorization", "Bearer topsecret-of-the-test"},
                                    {"Content-Type", "application/cloudevents-batch+json"}};

std::vector<Provider> providers()
{
    return {{"line", R"({"destination":"x","events":[)", "]}", line_item},
            {"auth0", "[", "]", auth0_item, token},
            {"event-grid", "[", "]", grid_item, {}, "?code=topsecret-of-the-test"},
            {"microsoft-graph", R"({"value":[)", "]}", graph_item},
            {"cloudevents", "[", "]", cloud_item, batch_of_cloud_events}};
}

std::string body_of(const Provider& provider, const std::vector<std::string>& ids)
{
    std::string body = provider.before;
    for (std::size_t i = 0; i < ids.size(); ++i)
        body += (i > 0 ? " , " : "") + provider.item(ids[i]);
    return body + provider.after;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_batch)

// Goal: [A,B] and then [A,C] are two events: C is not lost. The same batch again, in any order, is
// a duplicate.
BOOST_AUTO_TEST_CASE(a_batch_is_a_repeat_only_if_all_of_it_is)
{
    for (const auto& provider : providers()) {
        ReceiverFixture house;
        house.run([&]() -> awaitable<> {
            co_await add_provider(house, names(provider.scheme));
            const auto post = [&](std::vector<std::string> ids) {
                return send(house, {provider.scheme, body_of(provider, ids), provider.headers,
                                    "topsecret-of-the-test", provider.query});
            };
            const auto& name = provider.scheme;
            const auto first = co_await post(names("A", "B"));
            BOOST_TEST(first.status == 200U, name << first.body);
            const auto other = co_await post(names("A", "C"));
            BOOST_TEST(!is_duplicate(other), name);
            const auto again = co_await post(names("A", "B"));
            BOOST_TEST(is_duplicate(again), name);
            const auto turned = co_await post(names("B", "A"));
            BOOST_TEST(is_duplicate(turned), name);
            const auto longer = co_await post(names("A", "B", "C"));
            BOOST_TEST(!is_duplicate(longer), name);
            const auto alone = co_await post(names("D"));
            BOOST_TEST(!is_duplicate(alone), name);
            const auto alone_again = co_await post(names("D"));
            BOOST_TEST(is_duplicate(alone_again), name);
            const auto events = co_await events_of(house);
            BOOST_TEST(events.size() == 4U, name);
            BOOST_TEST(events.back()->external_id.ends_with("D"), name);
        });
    }
}

// Goal: split, each item is an event of its own, with its id, its type and its exact bytes; what
// was there before is not taken again.
BOOST_AUTO_TEST_CASE(split_into_events)
{
    for (const auto& provider : providers()) {
        ReceiverFixture house;
        house.run([&]() -> awaitable<> {
            co_await add_provider(house, names(provider.scheme), R"({"split":true})");
            const auto post = [&](std::vector<std::string> ids) {
                return send(house, {provider.scheme, body_of(provider, ids), provider.headers,
                                    "topsecret-of-the-test", provider.query});
            };
            const auto& name = provider.scheme;
            const auto first = co_await post(names("A", "B"));
            BOOST_TEST(first.status == 200U, name << first.body);
            const auto second = co_await post(names("A", "C"));
            BOOST_TEST(!is_duplicate(second), name);
            const auto again = co_await post(names("C", "B"));
            BOOST_TEST(is_duplicate(again), name);
            const auto events = co_await events_of(house);
            BOOST_TEST_REQUIRE(events.size() == 3U);
            for (std::size_t i = 0; i < 3; ++i) {
                const std::string id{"ABC"[i]};
                auto item = provider.item(id);
                if (const auto at = item.find("\"topsecret"); at != std::string::npos)
                    item.replace(at, item.find('"', at + 1) + 1 - at, "null");
                BOOST_TEST(*events[i]->payload == item);
                BOOST_TEST(events[i]->external_id.ends_with(id));
                BOOST_TEST(events[i]->type != "provider.received");
                BOOST_TEST(!events[i]->type_unsigned);
            }
        });
    }
}

// Goal: items without ids are split as well: the same signed request is known again by its parts,
// and where no time is signed each item is an event.
BOOST_AUTO_TEST_CASE(split_without_ids)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_provider(house, names("tailscale", "asana"), R"({"split":true})");
        const Webhook signed_time{"tailscale", R"([{"type":"a"},{"type":"b"},{"type":"a"}])"};
        const auto first = co_await send(house, signed_time);
        BOOST_TEST(first.body.find("\"events\":3") != std::string::npos);
        const auto again = co_await send(house, signed_time);
        BOOST_TEST(is_duplicate(again));
        const Webhook untimed{"asana", R"({"events":[{"action":"added"},{"action":"added"}]})"};
        for (int i = 0; i < 2; ++i) {
            const auto response = co_await send(house, untimed);
            BOOST_TEST(!is_duplicate(response));
        }
        const auto events = co_await events_of(house);
        BOOST_TEST_REQUIRE(events.size() == 7U);
        BOOST_TEST(events[1]->type == "b");
        BOOST_TEST(!events[4]->repeat_of.has_value());
        BOOST_TEST((events[5]->repeat_of == events[3]->id));
        BOOST_TEST((events[6]->repeat_of == events[4]->id));
    });
}

// Goal: what is no batch, is empty or has too many items stays one event.
BOOST_AUTO_TEST_CASE(not_split)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_provider(house, names("line", "cloudevents"), R"({"split":true})");
        std::string many = R"({"events":[)";
        for (int i = 0; i < 1'001; ++i) many += (i > 0 ? ",{}" : "{}");
        many += "]}";
        for (const auto& body : names(R"({"events":[]})", R"({"events":1})", "{}", many)) {
            const Webhook webhook{"line", body};
            const auto response = co_await send(house, webhook);
            BOOST_TEST(response.status == 200U);
        }
        // A CloudEvent in binary mode whose data is a list.
        Webhook binary{"cloudevents", "[1,2]"};
        binary.headers = one_header("Authorization", "Bearer topsecret-of-the-test");
        binary.headers.push_back({"ce-id", "1"});
        binary.headers.push_back({"ce-source", "/s"});
        binary.headers.push_back({"ce-type", "a.b"});
        const auto data = co_await send(house, binary);
        BOOST_TEST(data.status == 200U);
        const auto events = co_await events_of(house);
        BOOST_TEST_REQUIRE(events.size() == 5U);
        BOOST_TEST(*events[4]->payload == "[1,2]");
    });
}

BOOST_AUTO_TEST_SUITE_END()
