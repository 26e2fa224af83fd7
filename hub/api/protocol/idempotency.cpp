#include "hub/api/protocol/idempotency.hpp"

#include "hub/input/body.hpp"
#include "hub/api/access/sealed_token.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/observe/log.hpp"
#include "hub/core/codec/encoding.hpp"

#include <algorithm>
#include <map>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr const char* record_kind = "idempotency";
constexpr std::size_t key_bytes_max = 255;

bool is_key(std::string_view key)
{
    return !key.empty() && key.size() <= key_bytes_max
           && std::ranges::all_of(key, [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// A claimed key: the record, and what is in it.
struct Claim {
    TenantId tenant;
    std::string key;
    std::string fingerprint;

    /// Binds a sealed answer to its key and request.
    [[nodiscard]] KeyId row() const { return seal_row(key + '\0' + fingerprint); }

    [[nodiscard]] store::Record record(json::object body, Timestamp now, milliseconds kept) const
    {
        body["request"] = encode(Encoding::hex, fingerprint);
        store::Record record{tenant, record_kind, key, json::serialize(body), 1, now};
        record.is_setting = false;
        record.expires_at = now + kept;
        return record;
    }
};

/// The answer as the record holds it: sealed, since it may hold a secret that is shown once.
std::string pack(const Context& context, const Claim& claim, const http::Response& response)
{
    json::array headers;
    for (const auto& header : response.headers)
        headers.push_back(json::array{json::value(header.name), json::value(header.value)});
    const json::object written{{"status", response.status},
                               {"type", std::string_view{response.content_type}},
                               {"headers", std::move(headers)},
                               {"body", response.body}};
    auto text = json::serialize(written);
    if (context.vault == nullptr) return encode(Encoding::base64, text);
    const auto sealed = context.vault->seal(claim.tenant, claim.row(), Secret{std::move(text)});
    return encode(Encoding::base64, sealed);
}

std::optional<http::Response> unpack(const Context& context, const Claim& claim,
                                     std::string_view written)
{
    auto bytes = decode(Encoding::base64, written);
    if (bytes && context.vault != nullptr) {
        const auto opened = context.vault->open(claim.tenant, claim.row(), *bytes);
        if (!opened) return std::nullopt;
        bytes = std::string{opened->text()};
    }
    json::error_code error;
    const auto value = bytes ? json::parse(*bytes, error) : json::value{};
    const auto* object = error ? nullptr : value.if_object();
    if (object == nullptr) return std::nullopt;
    http::Response response;
    response.status = object->at("status").to_number<unsigned>();
    response.content_type = std::string{object->at("type").as_string()};
    response.body = std::string{object->at("body").as_string()};
    for (const auto& header : object->at("headers").as_array())
        response.with(std::string{header.at(0).as_string()}, std::string{header.at(1).as_string()});
    response.with("Idempotency-Replayed", "true");
    return response;
}

http::Response answer_from(const Context& context, const Claim& claim, const store::Record& record)
{
    json::error_code error;
    const auto value = json::parse(record.json, error);
    const auto* object = error ? nullptr : value.if_object();
    const auto* request = object == nullptr ? nullptr : object->if_contains("request");
    const auto* answer = object == nullptr ? nullptr : object->if_contains("answer");
    const auto own = encode(Encoding::hex, claim.fingerprint);
    if (request == nullptr || !request->is_string() || request->get_string() != own)
        return input::faults_response(
            {{"Idempotency-Key", "was used for another request: take a new key "
                                 "for a new request"}});
    if (answer == nullptr) {
        auto response = http::Response::problem(
            409, "The first call under this Idempotency-Key is still under way: send it again in a "
                 "moment.");
        response.with("Retry-After", "1");
        return response;
    }
    if (auto response = unpack(context, claim, std::string_view{answer->as_string()}))
        return std::move(*response);
    return http::Response::problem(409, "The answer under this Idempotency-Key was sealed under "
                                        "another master key and cannot be shown: look for what the "
                                        "call made, or take a new key.");
}

awaitable<http::Response> repeat(const Context& context, Claim claim)
{
    const auto record = co_await context.store.record(claim.tenant, record_kind, claim.key);
    if (record) co_return answer_from(context, claim, *record);
    if (record.error() != errc::not_found) co_return error_response(record.error());
    auto response = http::Response::problem(409, "The first call under this Idempotency-Key has "
                                                 "just been refused: send it again.");
    response.with("Retry-After", "1");
    co_return response;
}

awaitable<void> keep(const Context& context, const Claim& claim, const http::Response& response)
{
    const bool is_done = response.status < 300;
    result<void> kept;
    if (is_done) {
        json::object body{{"answer", pack(context, claim, response)}};
        auto record = claim.record(std::move(body), context.clock.now(), answer_kept);
        record.version = 0;
        kept = co_await context.store.put_record(std::move(record));
    } else {
        kept = co_await context.store.delete_record(claim.tenant, record_kind, claim.key);
    }
    if (!kept) log::warn("idempotency.not_kept", kept.error().message);
}

/// A CloudEvent in binary mode is what its "ce-…" headers say: names in small letters, sorted.
std::multimap<std::string, std::string_view> cloud_attributes(const Headers& headers)
{
    std::multimap<std::string, std::string_view> attributes;
    for (const auto& header : headers) {
        auto name = header.name;
        std::ranges::transform(name, name.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        if (name.starts_with("ce-")) attributes.emplace(std::move(name), header.value);
    }
    return attributes;
}

}  // namespace

std::string fingerprint_of(const http::Request& request)
{
    std::string text = request.method;
    text.append("\n").append(request.target).append("\n");
    text.append(request.header("content-type")).append("\n");
    for (const auto& [name, value] : cloud_attributes(request.headers))
        text.append(name).append(": ").append(value).append("\n");
    text.append("\n").append(request.body);
    return hash_api_key(text);
}

std::string event_id_under(std::string_view key, std::size_t index)
{
    std::string text{"idempotency\n"};
    text.append(key).append("\n").append(std::to_string(index));
    return "idk_" + encode(Encoding::hex, hash_api_key(text).substr(0, 16));
}

awaitable<http::Response> answer_once(const Context& context, const Caller& caller,
                                      http::Request& request, std::string key, const Handle& handle)
{
    if (!is_key(key))
        co_return input::faults_response(
            {{"Idempotency-Key", "must be 1 to 255 printable ASCII characters"}});
    // Who reaches some subscriptions only takes no key away from those who publish.
    if (!caller.subscriptions.empty()) key = caller.person + " " + key;
    const Claim claim{caller.tenant, std::move(key), fingerprint_of(request)};
    auto record = claim.record({}, context.clock.now(), call_longest);
    const auto claimed = co_await context.store.put_record(std::move(record));
    if (!claimed && claimed.error() != errc::conflict) co_return error_response(claimed.error());
    if (!claimed) co_return co_await repeat(context, claim);
    std::exception_ptr failure;
    http::Response response;
    try {
        response = co_await handle(context, caller, request);
    } catch (...) {
        failure = std::current_exception();
        response.status = 500;
    }
    co_await keep(context, claim, response);
    if (failure) std::rethrow_exception(failure);
    co_return response;
}

}  // namespace katydid::api
