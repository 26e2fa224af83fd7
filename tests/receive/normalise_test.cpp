#include "hub/receive/normalise.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;

namespace {

registry::SourceEntry source_named(std::string name)
{
    registry::SourceEntry entry;
    entry.source.name = std::move(name);
    return entry;
}

http::Request request_with(std::string body)
{
    http::Request request;
    request.headers = {{"Content-Type", "application/json"}, {"X-Webhook-Event", "a.b"}};
    request.body = std::move(body);
    return request;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_normalise)

// Goal: an ATLVS webhook becomes an event with its time and key, its bytes untouched.
BOOST_AUTO_TEST_CASE(atlvs_dispatcher)
{
    const std::string body
        = R"({"id":"1","name":"resource.updated",)"
          R"("occurredAt":"2026-06-15T18:00:00.000Z","payload":{"id":"res_42"}})";
    auto request = request_with(body);
    const auto event = receive::normalise(source_named("atlvs"), "atlvs",
                                          {"resource.updated", "1", KeyId{}}, request);
    BOOST_REQUIRE(event.has_value());
    BOOST_TEST(event->type == "resource.updated");
    BOOST_TEST(event->external_id == "1");
    BOOST_TEST(event->key == "res_42");
    BOOST_TEST(to_rfc3339(event->occurred_at) == "2026-06-15T18:00:00.000Z");
    BOOST_TEST(*event->payload == body);
    BOOST_TEST(event->content_type == "application/json");
}

// Goal: the second dialect of the same source is understood too.
BOOST_AUTO_TEST_CASE(atlvs_envelope_of_grasshopper)
{
    auto request = request_with(
        R"({"event":"event.updated","data":{"id":"e9"},"timestamp":"2026-06-15T18:00:00Z"})");
    const auto event = receive::normalise(source_named("atlvs"), "grasshopper",
                                          {"event.updated", "sha256-00", KeyId{}}, request);
    BOOST_REQUIRE(event.has_value());
    BOOST_TEST(event->key == "e9");
    BOOST_TEST(to_rfc3339(event->occurred_at) == "2026-06-15T18:00:00.000Z");
}

// Goal: another provider's body is bytes; nothing about it is required.
BOOST_AUTO_TEST_CASE(other_providers_are_not_parsed)
{
    auto request = request_with("not json at all");
    const auto event = receive::normalise(source_named("shop"), "shopify", {"", "id-1", KeyId{}},
                                          request);
    BOOST_REQUIRE(event.has_value());
    BOOST_TEST(event->type == "shop.received");
}

// Goal: credentials and hop-by-hop fields are not kept; the provider's own are.
BOOST_AUTO_TEST_CASE(kept_headers)
{
    const Headers headers{{"Host", "h"},          {"Authorization", "Bearer s"},
                          {"COOKIE", "c"},        {"Connection", "close"},
                          {"X-Signature", "abc"}, {"X-Forwarded-For", "1.2.3.4"},
                          {"Content-Type", "a/b"}};
    const Headers expected{{"X-Signature", "abc"}, {"Content-Type", "a/b"}};
    BOOST_TEST((receive::provider_headers(headers) == expected));
}

BOOST_AUTO_TEST_SUITE_END()
