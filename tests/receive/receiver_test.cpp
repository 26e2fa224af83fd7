// What the receiving route answers, without a listener in front.
#include "hub/receive/receiver.hpp"

#include "hub/core/codec/encoding.hpp"
#include "signing/sign.hpp"
#include "tests/observe/captured_log.hpp"
#include "tests/receive/sender.hpp"
#include "tests/support/lists.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

Headers signed_by(const char* scheme, std::string key, const std::string& body, Timestamp now)
{
    signing::SignInput input;
    input.url = "http://hub.example/api/webhooks/provider";
    input.id = "msg_1";
    input.content_type = "application/json";
    input.body = body;
    signing::KeyRing ring;
    ring.keys.push_back({KeyId{}, Secret{std::move(key)}, {}, {}});
    return signing::sign(*signing::find_scheme(scheme), input, ring, now).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_receiver)

// Goal: a source with several schemes tries the one whose signature is there.
BOOST_AUTO_TEST_CASE(several_schemes)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        Source source;
        source.name = "provider";
        source.schemes = {"github", "slack", "stripe"};
        const auto put = co_await house.registry.sources.put(std::move(source),
                                                             Secret{"topsecret"});
        BOOST_TEST(put.has_value());
        const std::string body = R"({"id":"evt_1","type":"a.b","event_id":"1"})";
        for (const auto* scheme : {"github", "slack", "stripe"}) {
            auto headers = signed_by(scheme, "topsecret", body, house.clock.now());
            const auto good = co_await house.post(provider_path, std::move(headers), body);
            BOOST_TEST(good.status == 200U);
            headers = signed_by(scheme, "other", body, house.clock.now());
            const auto bad = co_await house.post(provider_path, std::move(headers), body);
            BOOST_TEST(bad.status == 401U);
        }
    });
}

namespace {

/// What a tenant or a sender shaped is nothing that a browser runs.
void expect_sandboxed(const http::Response& response)
{
    BOOST_TEST(header_value(response.headers, "X-Content-Type-Options") == "nosniff");
    BOOST_TEST(header_value(response.headers, "Content-Security-Policy")
               == "sandbox; default-src 'none'");
}

}  // namespace
/// A source with these schemes; no secret: nobody gave one yet.
awaitable<SourceId> add(ReceiverFixture& house, std::vector<std::string> schemes,
                        std::optional<std::string> secret, std::string settings = "{}")
{
    Source source;
    source.name = "provider";
    source.schemes = std::move(schemes);
    source.settings = settings_of(settings);
    std::optional<Secret> key;
    if (secret) key.emplace(*secret);
    auto put = co_await house.registry.sources.put(std::move(source), std::move(key));
    co_return put.value()->source.id;
}

// Goal: Discord's public key is no shared secret for the source's other scheme, whichever is named
// first; a shared secret given by a rotation is.
BOOST_AUTO_TEST_CASE(public_keys_sign_nothing)
{
    const auto pair = signing::generate_key_pair();
    const auto raw = decode(Encoding::base64, pair.public_key.substr(5));
    const auto public_key = encode(Encoding::hex, raw.value());
    const std::vector<std::vector<std::string>> orders{{"discord", "atlvs"}, {"atlvs", "discord"}};
    for (const auto& schemes : orders) {
        ReceiverFixture house;
        house.run([&]() -> awaitable<> {
            const auto id = co_await add(house, schemes, public_key);
            const std::string body = R"({"id":"1","name":"a.b","payload":{},)"
                                     R"("occurredAt":"2025-01-01T00:00:00Z"})";
            auto headers = signed_by("atlvs", public_key, body, house.clock.now());
            const auto forged = co_await house.post(provider_path, std::move(headers), body);
            BOOST_TEST(forged.status == 401U);
            registry::Rotation rotation{Secret{"topsecret"}, 24h};
            const auto rotated = co_await house.registry.sources.rotate(
                default_tenant(), id.to_string(), std::move(rotation));
            BOOST_TEST(rotated.has_value());
            headers = signed_by("atlvs", "topsecret", body, house.clock.now());
            const auto good = co_await house.post(provider_path, std::move(headers), body);
            BOOST_TEST(good.status == 200U);
        });
    }
}

// Goal: what X's handshake tells the MAC of is no webhook of another scheme under the same secret.
BOOST_AUTO_TEST_CASE(a_handshake_signs_for_no_other_scheme)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add(house, names("x", "github"), "topsecret");
        for (const auto* body : {"crc-token", R"({"id":"1"})"}) {
            auto headers = signed_by("github", "topsecret", body, house.clock.now());
            const auto response = co_await house.post(provider_path, std::move(headers), body);
            BOOST_TEST(response.status == (body == std::string_view{"crc-token"} ? 401U : 200U));
        }
    });
}

// Goal: a stranger's handshake delivers no key that another scheme of the source would take.
BOOST_AUTO_TEST_CASE(a_handshake_delivers_no_other_schemes_key)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add(house, names("stripe", "notion"), std::nullopt);
        auto response = co_await house.post(provider_path, {},
                                            R"({"verification_token":"planted"})");
        BOOST_TEST(response.status == 401U);
        const std::string body = R"({"id":"evt_1","type":"a.b"})";
        auto headers = signed_by("stripe", "planted", body, house.clock.now());
        response = co_await house.post(provider_path, std::move(headers), body);
        BOOST_TEST(response.status == 401U);
    });
}

namespace {

/// Changes the one key of the one source in the store.
awaitable<void> change_key(ReceiverFixture& house, std::function<void(json::object&)> change)
{
    auto records = co_await house.store->records(store::source_kind);
    BOOST_TEST_REQUIRE(records.value().size() == 1U);
    auto record = records->front();
    auto object = json::parse(record.json).as_object();
    auto& keys = object.at("keys").as_array();
    BOOST_TEST_REQUIRE(keys.size() == 1U);
    change(keys.front().as_object());
    record.json = json::serialize(object);
    ++record.version;
    const auto put = co_await house.store->put_record(std::move(record));
    put.value();
}

}  // namespace

// Goal: trust in a first key is given once: not after a rotation, and not after the start at which
// keys that are over go.
BOOST_AUTO_TEST_CASE(first_key_trust_stays_closed)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        const auto id = co_await add(house, names("notion"), std::nullopt);
        auto response = co_await house.post(provider_path, {}, R"({"verification_token":"first"})");
        BOOST_TEST(response.status == 200U);
        response = co_await house.post(provider_path, {}, R"({"verification_token":"second"})");
        BOOST_TEST(response.status == 401U);
        const auto end = (house.clock.now() - 1s).time_since_epoch().count();
        co_await change_key(house, [end](json::object& key) { key["not_after"] = end; });
        const auto loaded = co_await house.registry.load();
        BOOST_TEST(loaded.has_value());
        response = co_await house.post(provider_path, {}, R"({"verification_token":"third"})");
        BOOST_TEST(response.status == 401U);
        const auto kept = co_await house.registry.sources.keep_first_key(default_tenant(), id,
                                                                         Secret{"fourth"});
        BOOST_TEST((kept.error() == errc::conflict));
        co_await change_key(house, [](json::object&) {});
    });
}

// Goal: an unreadable key is a key: what cannot be opened leaves no room for a stranger's.
BOOST_AUTO_TEST_CASE(an_unreadable_key_is_a_key)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add(house, names("notion"), "first");
        co_await change_key(house, [](json::object& key) {
            auto& sealed = key["sealed"].as_string();
            sealed[sealed.size() - 5] = sealed[sealed.size() - 5] == 'A' ? 'B' : 'A';
        });
        const auto loaded = co_await house.registry.load();
        BOOST_TEST(loaded.has_value());
        const auto response = co_await house.post(provider_path, {},
                                                  R"({"verification_token":"second"})");
        BOOST_TEST(response.status == 401U);
    });
}

// Goal: a source's tolerance widens what its scheme allows.
BOOST_AUTO_TEST_CASE(tolerance_of_a_source)
{
    for (const auto* settings : {"{}", R"({"tolerance":"10m"})"}) {
        ReceiverFixture house;
        house.run([&]() -> awaitable<> {
            co_await add(house, names("paddle"), "topsecret", settings);
            const std::string body = R"({"event_id":"1","event_type":"a.b"})";
            for (const auto age : {8s, 500s}) {
                auto headers = signed_by("paddle", "topsecret", body, house.clock.now() - age);
                const auto response = co_await house.post(provider_path, std::move(headers), body);
                const bool is_good = age == 8s || settings != std::string_view{"{}"};
                BOOST_TEST(response.status == (is_good ? 200U : 401U));
            }
        });
    }
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
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        const auto scheme = co_await house.registry.schemes.put(default_tenant(), "own", toml, 0);
        BOOST_TEST(scheme.has_value());
        co_await house.add_source("provider", "own", "topsecret");
        const auto loaded = signing::load_scheme("own", toml).value();
        signing::KeyRing ring;
        ring.keys.push_back({KeyId{}, Secret{"topsecret"}, {}, {}});
        signing::SignInput input;
        const std::string body = R"({"id":"1"})";
        input.body = body;
        const auto headers = signing::sign(*loaded, input, ring, house.clock.now()).value();
        auto response = co_await house.post(provider_path, headers, body);
        BOOST_TEST(response.status == 202U);
        BOOST_TEST(response.body == "[accepted]");
        response = co_await house.post(provider_path, headers, body);
        BOOST_TEST(response.status == 200U);
        BOOST_TEST(response.body == "[again]");
        response = co_await house.post(provider_path, headers, "{ }");
        BOOST_TEST(response.status == 403U);
        BOOST_TEST(response.body == "no");
        expect_sandboxed(response);
    });
}

// Goal: strangers who flood one source keep neither log lines nor kept requests from another.
BOOST_AUTO_TEST_CASE(a_flooded_source_leaves_others_their_lines)
{
    ReceiverFixture house;
    const auto lines = captured_log([&] {
        house.run([&]() -> awaitable<> {
            co_await house.add_source("provider", "github", "topsecret");
            co_await house.add_source("quiet", "github", "topsecret");
            for (int i = 0; i < 200; ++i) {
                const auto refused = co_await house.post(
                    provider_path, one_header("X-Hub-Signature-256", "x"), "{}");
                BOOST_TEST(refused.status == 401U);
            }
            const auto refused = co_await house.post("/api/webhooks/quiet",
                                                     one_header("X-Hub-Signature-256", "x"), "{}");
            BOOST_TEST(refused.status == 401U);
        });
    });
    BOOST_TEST((lines.find("source=quiet") != std::string::npos), lines);
}

// Goal: a replay is judged at the time of arrival and by the keys that are good now.
BOOST_AUTO_TEST_CASE(replay)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        const auto source = co_await house.add_source("provider", "stripe", "first");
        const std::string body = R"({"id":"evt_1","type":"a.b"})";
        store::Rejected row;
        row.source = source->source.id;
        row.at = house.clock.now();
        row.method = "POST";
        const receive::KeptRequest kept{provider_path, "",
                                        signed_by("stripe", "second", body, row.at), body};
        house.clock.advance(24h);
        auto replayed = co_await house.receiver.replay(row, kept);
        BOOST_TEST_REQUIRE(replayed.has_value());
        BOOST_TEST(std::holds_alternative<signing::Refusal>(*replayed));
        registry::Rotation rotation{Secret{"second"}, 0ms};
        const auto rotated = co_await house.registry.sources.rotate(
            default_tenant(), row.source.to_string(), std::move(rotation));
        BOOST_TEST(rotated.has_value());
        replayed = co_await house.receiver.replay(row, kept);
        BOOST_TEST(std::holds_alternative<store::Appended>(*replayed));
        const receive::KeptRequest old{provider_path, "",
                                       signed_by("stripe", "first", body, row.at), body};
        replayed = co_await house.receiver.replay(row, old);
        BOOST_TEST(std::holds_alternative<signing::Refusal>(*replayed));
        const auto removed = co_await house.registry.sources.remove(default_tenant(),
                                                                    row.source.to_string());
        BOOST_TEST(removed.has_value());
        replayed = co_await house.receiver.replay(row, kept);
        BOOST_TEST((replayed.error() == errc::not_found));
    });
}

// Goal: of a flood ten are kept, then ten a second; another source has its own share.
BOOST_AUTO_TEST_CASE(share_of_rejected)
{
    ReceiverFixture house;
    receive::RejectedRequests rejected{*house.store, house.vault, house.clock};
    IdSource ids{house.clock, 1};
    const auto flooded = ids.make<SourceId>();
    const auto admitted = [&](SourceId source) {
        int count = 0;
        for (int i = 0; i < 100; ++i) count += rejected.admit({source}) ? 1 : 0;
        return count;
    };
    BOOST_TEST(admitted(flooded) == 10);
    BOOST_TEST(admitted(ids.make<SourceId>()) == 10);
    house.clock.advance(500ms);
    BOOST_TEST(admitted(flooded) == 5);
    house.clock.advance(1h);
    BOOST_TEST(admitted(flooded) == 10);
}

// Goal: a rejected webhook has its whole diagnosis, or says that there were too many for one.
BOOST_AUTO_TEST_CASE(a_missing_diagnosis_is_said)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await house.add_source("shop", "github", "topsecret");
        for (int i = 0; i < 8; ++i) {
            const Headers headers{{"X-Hub-Signature-256", "sha256=" + std::string(64, 'a')}};
            const auto response = co_await house.post("/api/webhooks/shop", headers, "{}");
            BOOST_TEST(response.status == 401U);
        }
        const auto kept = co_await rejected_of(house);
        BOOST_TEST(kept.size() == 8U);
        const auto says_so = [](const store::Rejected& row) {
            return row.diagnosis.ends_with("judge it again for the whole diagnosis)");
        };
        BOOST_TEST(std::ranges::count_if(kept, says_so) == 3);
    });
}

// Goal: a scheme of one tenant does not exist for another.
BOOST_AUTO_TEST_CASE(tenants_schemes_are_their_own)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        const auto* const toml = "algorithm = \"hmac-sha256\"\nmessage = \"{body}\"\n"
                                 "signature = { from = \"header:X-Sig\", encoding = \"hex\" }\n";
        IdBytes bytes{};
        bytes[15] = 9;
        const TenantId other{bytes};
        const auto put = co_await house.registry.schemes.put(other, "own", toml, 0);
        BOOST_TEST(put.has_value());
        BOOST_TEST(house.tables.schemes().find(other, "own") != nullptr);
        BOOST_TEST(house.tables.schemes().find(default_tenant(), "own") == nullptr);
    });
}

BOOST_AUTO_TEST_SUITE_END()
