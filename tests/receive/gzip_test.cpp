// Bodies that come compressed: what they hold, and what a stranger may make of them.
#include "hub/core/codec/gzip.hpp"

#include "signing/sign.hpp"
#include "tests/receive/gzip.hpp"
#include "tests/receive/sender.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

constexpr std::size_t megabyte = 1024 * 1024;
bool is_refused(const std::string& body, errc code = errc::invalid_argument)
{
    const auto unpacked = gunzip(body, megabyte);
    return !unpacked && unpacked.error() == code;
}

/// A webhook as Stripe signs it, whose type and id stand in the body.
Headers signed_over(const std::string& bytes, Timestamp now)
{
    signing::SignInput input;
    input.content_type = "application/json";
    input.body = bytes;
    signing::KeyRing ring;
    ring.keys.push_back({KeyId{}, Secret{"topsecret"}, {}, {}});
    auto headers = signing::sign(*signing::find_scheme("stripe"), input, ring, now).value();
    headers.push_back({"Content-Encoding", "gzip"});
    return headers;
}

awaitable<void> add_source(ReceiverFixture& house, bool takes_gzip, std::string name = "provider")
{
    Source source;
    source.name = std::move(name);
    source.schemes = {"stripe"};
    source.settings.gzip = takes_gzip;
    const auto put = co_await house.registry.sources.put(std::move(source), Secret{"topsecret"});
    BOOST_TEST(put.has_value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_gzip)

// Goal: what was packed comes out, of every size around the steps in which it is unpacked.
BOOST_AUTO_TEST_CASE(whole)
{
    for (const std::size_t size : {0, 1, 1'000, 16'383, 16'384, 16'385, 60'000}) {
        std::string text;
        while (text.size() < size) text += std::to_string(text.size() * 7919);
        text.resize(size);
        const auto unpacked = gunzip(pack(text), megabyte);
        BOOST_TEST_REQUIRE(unpacked.has_value());
        BOOST_TEST((*unpacked == text));
    }
}

// Goal: cut off anywhere, damaged, followed by anything, or in another format: refused.
BOOST_AUTO_TEST_CASE(malformed)
{
    const auto good = pack(R"({"type":"charge.paid","id":"evt_1","amount":1200})");
    for (std::size_t size = 0; size < good.size(); ++size)
        BOOST_TEST(is_refused(good.substr(0, size)), "cut off at " << size);
    auto damaged = good;
    damaged[good.size() - 6] = static_cast<char>(damaged[good.size() - 6] ^ 1);  // in the CRC
    BOOST_TEST(is_refused(damaged));
    BOOST_TEST(is_refused(good + "x"));
    BOOST_TEST(is_refused(good + std::string(8, '\0')));
    BOOST_TEST(is_refused(good + good.substr(0, good.size() - 1)));
    BOOST_TEST(is_refused(pack("{}", zlib_format)));
    BOOST_TEST(is_refused(R"({"not":"packed"})"));
}

// Goal: gzip is one member after the other (RFC 1952, section 2.2), as pigz and bgzip write it; a
// stranger cannot make work with many empty ones.
BOOST_AUTO_TEST_CASE(several_members)
{
    for (const std::size_t size : {0, 1, 16'384, 40'000}) {
        const std::string text(size, 'x');
        const auto unpacked = gunzip(pack(text) + pack("") + pack("tail"), megabyte);
        BOOST_TEST_REQUIRE(unpacked.has_value());
        BOOST_TEST((*unpacked == text + "tail"));
    }
    std::string members;
    for (int i = 0; i < 64; ++i) members += pack("x");
    BOOST_TEST(gunzip(members, megabyte).has_value());
    BOOST_TEST(is_refused(members + pack("x")));
    const auto half = pack(std::string(40'000, 'x'));
    BOOST_TEST(is_refused(half + half, errc::over_limit));
    BOOST_TEST(is_gzipped({{"Content-Encoding", "X-GZip"}}));
    BOOST_TEST(!is_gzipped({{"Content-Encoding", "deflate"}}));
}

// Goal: no bomb. Neither more than a body may have, nor a hundred times what came.
BOOST_AUTO_TEST_CASE(bounded)
{
    const auto bomb = pack(std::string(10 * megabyte, 'x'));
    BOOST_TEST(bomb.size() < 12'000U);
    BOOST_TEST(is_refused(bomb, errc::over_limit));
    BOOST_TEST(is_refused(pack(std::string(500'000, 'x')), errc::over_limit));
    BOOST_TEST(gunzip(pack(std::string(60'000, 'x')), megabyte).has_value());
    BOOST_TEST(!gunzip(pack("twelve bytes"), 11).has_value());
    BOOST_TEST(gunzip(pack("twelve bytes"), 12).has_value());
}

// Goal: providers sign the bytes that they send, or what is in them: both are good, and type, id
// and payload are of what is in them.
BOOST_AUTO_TEST_CASE(signed_before_or_after_compression)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_source(house, true);
        const std::string body = R"({"id":"evt_1","type":"charge.paid"})";
        const auto packed = pack(body);
        auto headers = signed_over(packed, house.clock.now());
        const auto good = co_await house.post(provider_path, headers, packed);
        BOOST_TEST(good.status == 200U);
        headers = signed_over(body, house.clock.now());
        const auto of_content = co_await house.post(provider_path, headers, packed);
        BOOST_TEST(of_content.status == 200U);
        BOOST_TEST(of_content.body.find("duplicate") != std::string::npos);
        headers = signed_over("other", house.clock.now());
        const auto other_bytes = co_await house.post(provider_path, headers, packed);
        BOOST_TEST(other_bytes.status == 401U);
        store::EventQuery query;
        query.limit = 5;
        const auto rows = co_await house.store->events(std::move(query));
        BOOST_TEST_REQUIRE(rows.value().size() == 1U);
        const auto& row = rows->front().event;
        BOOST_TEST(row.type == "charge.paid");
        BOOST_TEST(row.external_id == "evt_1");
        const auto event = co_await house.store->event(default_tenant(), row.id);
        BOOST_TEST(*event.value()->payload == body);
        BOOST_TEST((find_header(event.value()->headers, "content-encoding") == nullptr));
    });
}

// Goal: an event keeps the bytes that were signed: the compressed ones, or only what they hold.
BOOST_AUTO_TEST_CASE(what_was_signed_is_kept)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_source(house, true);
        const std::string first = R"({"id":"evt_1","type":"charge.paid"})";
        const std::string second = R"({"id":"evt_2","type":"charge.paid"})";
        const auto packed = pack(first);
        const auto now = house.clock.now();
        static_cast<void>(co_await house.post(provider_path, signed_over(packed, now), packed));
        static_cast<void>(
            co_await house.post(provider_path, signed_over(second, now), pack(second)));
        const auto events = co_await events_of(house);
        BOOST_TEST_REQUIRE(events.size() == 2U);
        BOOST_TEST_REQUIRE(events[0]->compressed != nullptr);
        BOOST_TEST((*events[0]->compressed == packed));
        BOOST_TEST(*events[0]->payload == first);
        BOOST_TEST((events[1]->compressed == nullptr));
        BOOST_TEST(*events[1]->payload == second);
    });
}

// Goal: the diagnosis of a refused gzip body looks at what it says.
BOOST_AUTO_TEST_CASE(diagnosis_of_a_compressed_body)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_source(house, true);
        const std::string body = R"({"id":"evt_1","type":"charge.paid"})";
        const auto headers = signed_over(body + "\n", house.clock.now());
        const auto response = co_await house.post(provider_path, headers, pack(body));
        BOOST_TEST(response.status == 401U);
        const auto kept = co_await rejected_of(house);
        BOOST_TEST_REQUIRE(kept.size() == 1U);
        BOOST_TEST(kept[0].diagnosis.find("a line end was cut off its end") != std::string::npos);
    });
}

// Goal: after a good signature what cannot be uncompressed, or is no JSON, is 400, a bomb 413;
// a source that was not told to take gzip answers 415.
BOOST_AUTO_TEST_CASE(refused)
{
    const std::string spaces(10 * megabyte, ' ');
    struct Case {
        const char* to;
        std::string bytes;
        unsigned status;
    };
    const std::vector<Case> cases{{"/api/webhooks/provider", "no gzip", 400},
                                  {"/api/webhooks/provider", pack("no JSON"), 400},
                                  {"/api/webhooks/provider", pack(spaces), 413},
                                  {"/api/webhooks/other", pack("{}"), 415}};
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_source(house, true);
        co_await add_source(house, false, "other");
        for (const auto& each : cases) {
            auto headers = signed_over(each.bytes, house.clock.now());
            const auto response = co_await house.post(each.to, std::move(headers), each.bytes);
            BOOST_TEST(response.status == each.status);
        }
    });
}

// Goal: a time that stands in the body is judged when the body is packed, too: a good signature
// does not make an old webhook new. (It was not looked at in what was unpacked.)
BOOST_AUTO_TEST_CASE(old_time_in_a_packed_body)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        Source source;
        source.name = "provider";
        source.schemes = {"linear"};
        source.settings.gzip = true;
        const auto put = co_await house.registry.sources.put(std::move(source),
                                                             Secret{"topsecret"});
        BOOST_TEST(put.has_value());
        const auto sent_at = std::chrono::duration_cast<std::chrono::milliseconds>(
            house.clock.now().time_since_epoch());
        const auto packed = pack(R"({"type":"Issue","webhookTimestamp":)"
                                 + std::to_string(sent_at.count()) + "}");
        signing::KeyRing ring;
        ring.keys.push_back({KeyId{}, Secret{"topsecret"}, {}, {}});
        signing::SignInput input;
        input.body = packed;
        const auto now = house.clock.now();
        auto headers = signing::sign(*signing::find_scheme("linear"), input, ring, now).value();
        headers.push_back({"Content-Encoding", "gzip"});
        const auto fresh = co_await house.post(provider_path, headers, packed);
        BOOST_TEST(fresh.status == 200U);
        house.clock.advance(std::chrono::minutes{10});
        const auto old = co_await house.post(provider_path, headers, packed);
        BOOST_TEST(old.status == 401U);
    });
}

BOOST_AUTO_TEST_SUITE_END()
