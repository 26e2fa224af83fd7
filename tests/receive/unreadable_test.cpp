// A good signature is never thrown away, whatever a parser thinks of the body.
#include "tests/receive/sender.hpp"
#include "tests/support/lists.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

std::string nested(std::size_t depth, const std::string& inner, const char* open, const char* close)
{
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += open;
    text += inner;
    for (std::size_t i = 0; i < depth; ++i) text += close;
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_unreadable)

// Goal: half an emoji, a byte order mark and any depth are stored as they came, with the type and
// the id that can be read.
BOOST_AUTO_TEST_CASE(odd_json_is_an_event)
{
    const auto with = [](const std::string& payload) {
        return R"({"id":"id-1","name":"a.b","occurredAt":"2026-06-15T18:00:00Z","payload":)"
               + payload + "}";
    };
    const std::vector<std::string> bodies{with(R"({"text":"\ud83d"})"),
                                          with(R"({"text":"\ude00 and \ud83d\ud83d"})"),
                                          "\xEF\xBB\xBF" + with("{}"),
                                          with(nested(40, "1", "[", "]")),
                                          with(nested(100, "1", "{\"a\":", "}")),
                                          with(nested(160'000, "", "[", "]")),
                                          with("1e400"),
                                          with("18446744073709551617"),
                                          with(R"({"text":"\u0000"})")};
    for (const auto& body : bodies) {
        ReceiverFixture house;
        house.run([&]() -> awaitable<> {
            co_await add_provider(house, names("atlvs"));
            const Webhook webhook_1{"atlvs", body};
            const auto response = co_await send(house, webhook_1);
            BOOST_TEST(response.status == 200U, body.substr(0, 120));
            const auto events = co_await events_of(house);
            BOOST_TEST_REQUIRE(events.size() == 1U);
            BOOST_TEST((*events[0]->payload == body));
            BOOST_TEST(events[0]->type == "a.b");
            BOOST_TEST(events[0]->external_id == "id-1");
            BOOST_TEST(to_rfc3339(events[0]->occurred_at) == "2026-06-15T18:00:00.000Z");
        });
    }
}

// Goal: half an emoji in an id or a type is text like any other: two of them are two.
BOOST_AUTO_TEST_CASE(half_characters_in_ids)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_provider(house, names("vercel"));
        for (const auto* id : {R"(\ud83d)", R"(\ud83e)", R"(\ude00)"}) {
            const Webhook webhook{"vercel", R"({"type":"a","id":")" + std::string{id} + "\"}"};
            const auto response = co_await send(house, webhook);
            BOOST_TEST(response.status == 200U);
            BOOST_TEST(!is_duplicate(response), id);
        }
        const auto events = co_await events_of(house);
        BOOST_TEST(events.size() == 3U);
    });
}

// Goal: what is no JSON where the scheme sends JSON is a 400, and kept with the true reason.
// Unsigned rubbish is a 401 and kept as what it is.
BOOST_AUTO_TEST_CASE(no_json_is_kept)
{
    for (const std::string& body :
         {std::string{"no json"}, std::string{""}, std::string{"{} x"},
          std::string{"{\"name\":\"\xff\"}"}, std::string{"{\"a\":1,}"}}) {
        ReceiverFixture house;
        house.run([&]() -> awaitable<> {
            co_await add_provider(house, names("atlvs"));
            const Webhook webhook_2{"atlvs", body};
            const auto response = co_await send(house, webhook_2);
            BOOST_TEST(response.status == 400U, body);
            const auto kept = co_await rejected_of(house);
            BOOST_TEST_REQUIRE(kept.size() == 1U);
            BOOST_TEST(kept[0].reason == "body_malformed");
            BOOST_TEST(kept[0].verified);
            const auto row = co_await house.store->rejected(default_tenant(), kept[0].id);
            BOOST_TEST((receive::open(*row, house.vault).value().body == body));
            const Webhook webhook_3{"atlvs", body, {}, "another secret"};
            const auto bad = co_await send(house, webhook_3);
            BOOST_TEST(bad.status == 401U);
            const auto both = co_await rejected_of(house);
            BOOST_TEST_REQUIRE(both.size() == 2U);
            BOOST_TEST(!both[0].verified);
        });
    }
}

// Goal: so is a gzip body that cannot be uncompressed, whatever its scheme says about bodies.
BOOST_AUTO_TEST_CASE(gzip_that_cannot_be_read_is_kept)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_provider(house, names("shopify"), R"({"gzip":true})");
        const Webhook webhook_4{"shopify", "no gzip", one_header("Content-Encoding", "gzip")};
        const auto response = co_await send(house, webhook_4);
        BOOST_TEST(response.status == 400U);
        const auto kept = co_await rejected_of(house);
        BOOST_TEST_REQUIRE(kept.size() == 1U);
        BOOST_TEST(kept[0].reason == "body_malformed");
        BOOST_TEST(kept[0].diagnosis.find("gzip") != std::string::npos);
    });
}

BOOST_AUTO_TEST_SUITE_END()
