// Providers of the catalog that post to a house: signed by their own schemes.
#pragma once

#include "signing/sign.hpp"
#include "tests/receive/receiver_fixture.hpp"

#include <boost/json.hpp>

namespace katydid::test {

constexpr const char* provider_path = "/api/webhooks/provider";

/// One webhook: which scheme signs it, and what is sent beside the signature.
struct Webhook {
    std::string scheme;
    std::string body;
    Headers headers{};  ///< not signed, unless the scheme covers them
    std::string secret = "topsecret-of-the-test";
    std::string query{};  ///< "?code=…"
};

inline signing::KeyRing ring_of(const std::string& secret)
{
    signing::KeyRing ring;
    ring.keys.push_back({KeyId{}, Secret{secret}, {}, {}});
    return ring;
}

/// The headers of the webhook as its provider sends it at that time.
inline Headers sent_headers(const Webhook& webhook, Timestamp at)
{
    signing::SignInput input;
    input.url = "http://hub.example/api/webhooks/provider";
    input.content_type = "application/json";
    input.body = webhook.body;
    const auto scheme = signing::find_scheme(webhook.scheme);
    // Where the secret stands in the URL or the body, the test puts it there.
    Headers headers;
    if (signing::why_it_cannot_sign(*scheme).empty())
        headers = signing::sign(*scheme, input, ring_of(webhook.secret), at).value();
    for (const auto& header : webhook.headers) {
        std::erase_if(headers, [&](const Header& h) { return equal_names(h.name, header.name); });
        headers.push_back(header);
    }
    if (find_header(headers, "content-type") == nullptr)
        headers.push_back({"Content-Type", "application/json"});
    return headers;
}

inline awaitable<void> add_provider(ReceiverFixture& house, std::vector<std::string> schemes,
                                    std::string settings = "{}",
                                    std::string secret = "topsecret-of-the-test")
{
    Source source;
    source.name = "provider";
    source.schemes = std::move(schemes);
    source.settings = settings_of(settings);
    const auto put = co_await house.registry.sources.put(std::move(source),
                                                         Secret{std::move(secret)});
    if (!put) throw Failure{put.error()};
}

inline awaitable<http::Response> post(ReceiverFixture& house, std::string query, Headers headers,
                                      std::string body)
{
    http::Request request;
    request.method = "POST";
    request.path = provider_path;
    request.target = provider_path + query;
    request.query = query.empty() ? "" : query.substr(1);
    request.headers = std::move(headers);
    request.headers.push_back({"Host", "hub.example"});
    request.body = std::move(body);
    request.peer.address = asio::ip::make_address("192.0.2.1");
    auto match = house.router.match(request.method, request.path);
    request.parameters = std::move(match.parameters);
    auto response = co_await match.route->handle(request);
    co_return response;
}

inline awaitable<http::Response> send(ReceiverFixture& house, Webhook webhook)
{
    auto headers = sent_headers(webhook, house.clock.now());
    auto response = co_await post(house, std::move(webhook.query), std::move(headers),
                                  std::move(webhook.body));
    co_return response;
}

/// All events, the first one first, with their payloads.
inline awaitable<std::vector<EventPtr>> events_of(ReceiverFixture& house)
{
    store::EventQuery query;
    query.limit = 250;
    query.ascending = true;
    const auto rows = co_await house.store->events(std::move(query));
    std::vector<EventPtr> events;
    for (const auto& row : rows.value()) {
        auto event = co_await house.store->event(default_tenant(), row.event.id);
        events.push_back(std::move(event.value()));
    }
    co_return events;
}

inline bool is_duplicate(const http::Response& response)
{
    return response.status == 200 && response.body.find("\"duplicate\":true") != std::string::npos;
}

/// The rejected requests. Its writes are made in the background: one more write that is begun
/// after them is over after them.
inline awaitable<std::vector<store::Rejected>> rejected_of(ReceiverFixture& house)
{
    co_await asio::post(house.loop, asio::use_awaitable);
    store::AuditEntry entry;
    const auto written = co_await house.store->audit(std::move(entry));
    if (!written) throw Failure{written.error()};
    store::RejectedQuery query;
    auto rows = co_await house.store->rejected(query);
    co_return std::move(rows.value());
}

}  // namespace katydid::test
