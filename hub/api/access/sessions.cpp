#include "hub/api/access/sessions.hpp"

#include "hub/api/protocol/output.hpp"
#include "hub/api/access/recognise.hpp"
#include "hub/api/access/sealed_token.hpp"
#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/random.hpp"

#include <openssl/crypto.h>

#include <algorithm>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::string_view secure_name = "__Host-katydid";
constexpr std::string_view plain_name = "katydid-session";
constexpr std::string_view session_purpose = "katydid session";
constexpr const char* session_kind = "session";
/// A record is written again only when it has lost this much of its time.
constexpr milliseconds renewal_step = std::chrono::minutes{5};

http::Response signed_out(std::string_view why)
{
    return http::Response::problem(401, std::string{why} + " Sign in again.");
}

bool are_equal(std::string_view one, std::string_view other)
{
    return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

/// Idle or too old, whichever comes first.
Timestamp end_of(const Session& session, Timestamp now)
{
    return std::min(now + session_idle_max, session.created_at + session_age_max);
}

store::Record record_of(const Session& session, const registry::ApiKey& key, Timestamp now)
{
    const json::object object{{"key", key.id.to_string()},
                              {"created_at", to_rfc3339(session.created_at)},
                              {"used_at", to_rfc3339(now)}};
    store::Record record{key.tenant, session_kind, session.id, json::serialize(object), 1, now};
    record.is_setting = false;
    record.expires_at = end_of(session, now);
    return record;
}

std::string_view value_of_cookie(std::string_view cookies, std::string_view name)
{
    while (!cookies.empty()) {
        const auto end = std::min(cookies.find(';'), cookies.size());
        auto pair = cookies.substr(0, end);
        cookies.remove_prefix(std::min(end + 1, cookies.size()));
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
            return pair.substr(name.size() + 1);
    }
    return {};
}

}  // namespace

bool is_secure(const http::Request& request)
{
    // What a caller claims here only makes its own cookie stricter.
    return request.peer.tls || request.header("x-forwarded-proto") == "https";
}

std::string session_cookie_of(const http::Request& request)
{
    const auto name = is_secure(request) ? secure_name : plain_name;
    return std::string{value_of_cookie(request.header("cookie"), name)};
}

std::string session_set_cookie(const http::Request& request, std::string_view token)
{
    const bool secure = is_secure(request);
    std::string text{secure ? secure_name : plain_name};
    text.append("=").append(token).append("; Path=/; HttpOnly; SameSite=Lax");
    if (secure) text += "; Secure";
    if (token.empty()) return text + "; Max-Age=0";
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(session_age_max);
    return text + "; Max-Age=" + std::to_string(seconds.count());
}

std::string csrf_of(std::string_view token)
{
    return encode(Encoding::base64url, hash_api_key("katydid csrf " + std::string{token}));
}

std::optional<Session> Sessions::read(std::string_view token) const
{
    const auto opened = open_token(vault, session_purpose, token);
    if (!opened) return std::nullopt;
    // The vault vouches for it: it was written by open().
    const auto object = json::parse(opened->text()).as_object();
    const auto hash = decode(Encoding::hex, std::string_view{object.at("key").as_string()});
    const auto created = milliseconds{object.at("created_at").as_int64()};
    return Session{hash.value(), std::string{object.at("id").as_string()}, Timestamp{created}};
}

awaitable<result<std::string>> Sessions::open(registry::ApiKeyPtr key) const
{
    const auto now = clock.now();
    const Session session{key->sha256, encode(Encoding::hex, random_bytes(16)), now};
    const json::object object{{"key", encode(Encoding::hex, session.key_sha256)},
                              {"id", session.id},
                              {"created_at", now.time_since_epoch().count()}};
    auto record = record_of(session, *key, now);
    const auto put = co_await records.put_record(std::move(record));
    if (!put) co_return put.error();
    co_return seal_token(vault, session_purpose, json::serialize(object));
}

std::variant<Caller, http::Response>
Sessions::admit(const http::Request& head, std::string_view token, std::string_view scope) const
{
    const auto session = read(token);
    const auto now = clock.now();
    if (!session) return signed_out("The session cannot be read.");
    if (now >= session->created_at + session_age_max) return signed_out("The session has ended.");
    const auto key = tables.api_key(session->key_sha256);
    if (!key || !is_good(*key, now))
        return signed_out("The key of this session is not good any more.");
    if (!are_equal(head.header("katydid-csrf"), csrf_of(token)))
        return http::Response::problem(
            403, "A call with the session's cookie needs the header Katydid-Csrf; GET "
                 "/console/session tells its value.");
    return admit_tenant(key, head.header("katydid-tenant"), tables, scope);
}

awaitable<std::optional<http::Response>> Sessions::check(std::string token) const
{
    const auto session = read(token);
    const auto key = session ? tables.api_key(session->key_sha256) : nullptr;
    if (!key) co_return signed_out("The session cannot be read.");
    const auto kept = co_await records.record(key->tenant, session_kind, session->id);
    const auto now = clock.now();
    if (!kept && kept.error() != errc::not_found) co_return error_response(kept.error());
    if (!kept || !kept->expires_at || now >= *kept->expires_at)
        co_return signed_out("The session has ended.");
    if (end_of(*session, now) < *kept->expires_at + renewal_step) co_return std::nullopt;
    // As a change of what was read: a session that somebody ends meanwhile does not come back.
    auto renewed = record_of(*session, *key, now);
    renewed.version = kept->version + 1;
    const auto put = co_await records.put_record(std::move(renewed));
    if (put || put.error() == errc::conflict) co_return std::nullopt;
    co_return error_response(put.error());
}

awaitable<registry::ApiKeyPtr> Sessions::close(std::string token) const
{
    const auto session = read(token);
    auto key = session ? tables.api_key(session->key_sha256) : nullptr;
    if (!key) co_return nullptr;
    const auto gone = co_await records.delete_record(key->tenant, session_kind, session->id);
    if (!gone && gone.error() != errc::not_found) co_return nullptr;
    co_return key;
}

}  // namespace katydid::api
