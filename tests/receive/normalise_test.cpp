#include "hub/receive/normalise.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;

namespace {

registry::SourceEntry source_named(std::string name, std::string scheme)
{
    registry::SourceEntry entry;
    entry.source.name = std::move(name);
    entry.schemes = {signing::find_scheme(scheme)};
    entry.traits = {signing::traits_of(*entry.schemes.front())};
    entry.source.schemes = {std::move(scheme)};
    auto ring = std::make_shared<signing::KeyRing>();
    ring->keys.push_back({KeyId{}, Secret{"topsecret"}, {}, {}});
    entry.keys = std::move(ring);
    return entry;
}

http::Request request_with(std::string body)
{
    http::Request request;
    request.headers = {{"Content-Type", "application/json"}, {"X-Webhook-Event", "a.b"}};
    request.body = std::move(body);
    return request;
}

Event event_of(const registry::SourceEntry& source, http::Request request,
               const signing::Verified& verified)
{
    receive::Arrival arrival{source, 0, request, "", Timestamp{}, 1'000'000};
    auto events = receive::to_events(arrival, verified);
    BOOST_REQUIRE(events.size() == 1U);
    return std::move(events.front().event);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_normalise)

// Goal: an ATLVS webhook becomes an event with its time and key, its bytes untouched.
BOOST_AUTO_TEST_CASE(atlvs_dispatcher)
{
    const std::string body
        = R"({"id":"1","name":"resource.updated",)"
          R"("occurredAt":"2026-06-15T18:00:00.000Z","payload":{"id":"res_42"}})";
    const auto event = event_of(source_named("atlvs", "atlvs"), request_with(body),
                                {"resource.updated", "1", KeyId{}});
    BOOST_TEST(event.type == "resource.updated");
    BOOST_TEST(event.external_id == "1");
    BOOST_TEST(event.key == "res_42");
    BOOST_TEST(to_rfc3339(event.occurred_at) == "2026-06-15T18:00:00.000Z");
    BOOST_TEST(*event.payload == body);
    BOOST_TEST(event.content_type == "application/json");
    BOOST_TEST((event.origin == Origin::received));
}

// Goal: the second dialect of the same source is understood too.
BOOST_AUTO_TEST_CASE(atlvs_envelope_of_grasshopper)
{
    const auto event = event_of(
        source_named("atlvs", "grasshopper"),
        request_with(
            R"({"event":"event.updated","data":{"id":"e9"},"timestamp":"2026-06-15T18:00:00Z"})"),
        {"event.updated", "", KeyId{}});
    BOOST_TEST(event.key == "e9");
    BOOST_TEST(to_rfc3339(event.occurred_at) == "2026-06-15T18:00:00.000Z");
}

// Goal: another provider's body is bytes; nothing about it is required.
BOOST_AUTO_TEST_CASE(other_providers_are_not_parsed)
{
    const auto event = event_of(source_named("shop", "shopify"), request_with("not json at all"),
                                {"", "id-1", KeyId{}});
    BOOST_TEST(event.type == "shop.received");
}

// Goal: credentials, hop-by-hop fields and the hub's own names are not kept; the provider's are.
BOOST_AUTO_TEST_CASE(kept_headers)
{
    const Headers headers{{"Host", "h"},
                          {"Authorization", "Bearer s"},
                          {"COOKIE", "c"},
                          {"Connection", "close"},
                          {"X-Signature", "abc"},
                          {"X-Forwarded-For", "1.2.3.4"},
                          {"katydid-bridge-path", "/admin"},
                          {"KATYDID-Event-Type", "x"},
                          {"Katydid_Delivery", "x"},
                          {"Katydids", "kept"},
                          {"Content-Type", "a/b"}};
    const Headers expected{{"X-Signature", "abc"}, {"Katydids", "kept"}, {"Content-Type", "a/b"}};
    BOOST_TEST((receive::provider_headers(Headers{headers}) == expected));
}

BOOST_AUTO_TEST_SUITE_END()
