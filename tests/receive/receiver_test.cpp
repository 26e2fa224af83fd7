// What the receiving route answers, without a listener in front.
#include "hub/receive/receiver.hpp"

#include "signing/sign.hpp"
#include "tests/receive/house.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

Headers signed_by(const char* scheme, std::string secret, const std::string& body, Timestamp now)
{
    signing::SignInput input;
    input.url = "http://hub.example/api/webhooks/provider";
    input.id = "msg_1";
    input.content_type = "application/json";
    input.body = body;
    signing::KeyRing ring;
    ring.keys.push_back({KeyId{}, signing::Secret{std::move(secret)}, {}, {}});
    return signing::sign(*signing::find_scheme(scheme), input, ring, now).value();
}

constexpr const char* path = "/api/webhooks/provider";

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_receiver)

// Goal: a source with several schemes tries the one whose signature is there.
BOOST_AUTO_TEST_CASE(several_schemes)
{
    House house;
    house.run([&]() -> awaitable<> {
        store::Source source;
        source.name = "provider";
        source.schemes = {"github", "slack", "stripe"};
        source.settings = "{}";
        const auto put = co_await house.registry.put_source(std::move(source),
                                                            signing::Secret{"topsecret"});
        BOOST_TEST(put.has_value());
        const std::string body = R"({"id":"evt_1","type":"a.b","event_id":"1"})";
        for (const auto* scheme : {"github", "slack", "stripe"}) {
            auto headers = signed_by(scheme, "topsecret", body, house.clock.now());
            const auto good = co_await house.post(path, std::move(headers), body);
            BOOST_TEST(good.status == 200U);
            headers = signed_by(scheme, "other", body, house.clock.now());
            const auto bad = co_await house.post(path, std::move(headers), body);
            BOOST_TEST(bad.status == 401U);
        }
    });
}

// Goal: a scheme with answers of its own gives them: for an event, and for its duplicate.
BOOST_AUTO_TEST_CASE(own_answers)
{
    const auto* const toml = "algorithm = \"hmac-sha256\"\nmessage = \"{body}\"\n"
                             "signature = { from = \"header:X-Sig\", encoding = \"hex\" }\n"
                             "id = \"json:/id\"\n"
                             "accepted = { status = 202, body = \"[accepted]\" }\n"
                             "duplicate = { body = \"[again]\" }\n"
                             "rejected = { status = 403, body = \"no\" }\n";
    House house;
    house.run([&]() -> awaitable<> {
        const auto scheme = co_await house.registry.put_scheme(default_tenant(), "own", toml, 0);
        BOOST_TEST(scheme.has_value());
        co_await house.add_source("provider", "own", "topsecret");
        const auto loaded = signing::load_scheme("own", toml).value();
        signing::KeyRing ring;
        ring.keys.push_back({KeyId{}, signing::Secret{"topsecret"}, {}, {}});
        signing::SignInput input;
        const std::string body = R"({"id":"1"})";
        input.body = body;
        const auto headers = signing::sign(*loaded, input, ring, house.clock.now()).value();
        auto response = co_await house.post(path, headers, body);
        BOOST_TEST(response.status == 202U);
        BOOST_TEST(response.body == "[accepted]");
        response = co_await house.post(path, headers, body);
        BOOST_TEST(response.status == 200U);
        BOOST_TEST(response.body == "[again]");
        response = co_await house.post(path, headers, "{ }");
        BOOST_TEST(response.status == 403U);
        BOOST_TEST(response.body == "no");
    });
}

// Goal: a replay is judged at the time of arrival and by the keys that are good now.
BOOST_AUTO_TEST_CASE(replay)
{
    House house;
    house.run([&]() -> awaitable<> {
        const auto source = co_await house.add_source("provider", "stripe", "first");
        const std::string body = R"({"id":"evt_1","type":"a.b"})";
        store::Rejected row;
        row.source = source->source.id;
        row.at = house.clock.now();
        row.method = "POST";
        const receive::KeptRequest kept{path, "", signed_by("stripe", "second", body, row.at),
                                        body};
        house.clock.advance(24h);
        auto replayed = co_await house.receiver.replay(row, kept);
        BOOST_TEST_REQUIRE(replayed.has_value());
        BOOST_TEST(std::holds_alternative<signing::Refusal>(*replayed));
        registry::Registry::Rotation rotation{signing::Secret{"second"}, 0ms};
        const auto rotated = co_await house.registry.rotate(default_tenant(), row.source,
                                                            std::move(rotation));
        BOOST_TEST(rotated.has_value());
        replayed = co_await house.receiver.replay(row, kept);
        BOOST_TEST(std::holds_alternative<store::Appended>(*replayed));
        const receive::KeptRequest old{path, "", signed_by("stripe", "first", body, row.at), body};
        replayed = co_await house.receiver.replay(row, old);
        BOOST_TEST(std::holds_alternative<signing::Refusal>(*replayed));
        const auto removed = co_await house.registry.remove_source(default_tenant(), row.source);
        BOOST_TEST(removed.has_value());
        replayed = co_await house.receiver.replay(row, kept);
        BOOST_TEST((replayed.error() == errc::not_found));
    });
}

// Goal: of a flood ten are kept, then ten a second; another source has its own share.
BOOST_AUTO_TEST_CASE(quarantine_share)
{
    House house;
    receive::Quarantine quarantine{*house.store, house.vault, house.clock};
    IdSource ids{house.clock, 1};
    const auto flooded = ids.make<SourceId>();
    const auto admitted = [&](SourceId source) {
        int count = 0;
        for (int i = 0; i < 100; ++i) count += quarantine.admit({source}) ? 1 : 0;
        return count;
    };
    BOOST_TEST(admitted(flooded) == 10);
    BOOST_TEST(admitted(ids.make<SourceId>()) == 10);
    house.clock.advance(500ms);
    BOOST_TEST(admitted(flooded) == 5);
    house.clock.advance(1h);
    BOOST_TEST(admitted(flooded) == 10);
}

// Goal: a scheme of one tenant does not exist for another.
BOOST_AUTO_TEST_CASE(tenants_schemes_are_their_own)
{
    House house;
    house.run([&]() -> awaitable<> {
        const auto* const toml = "algorithm = \"hmac-sha256\"\nmessage = \"{body}\"\n"
                                 "signature = { from = \"header:X-Sig\", encoding = \"hex\" }\n";
        IdBytes bytes{};
        bytes[15] = 9;
        const TenantId other{bytes};
        const auto put = co_await house.registry.put_scheme(other, "own", toml, 0);
        BOOST_TEST(put.has_value());
        BOOST_TEST(house.tables.schemes().find(other, "own") != nullptr);
        BOOST_TEST(house.tables.schemes().find(default_tenant(), "own") == nullptr);
    });
}

BOOST_AUTO_TEST_SUITE_END()
