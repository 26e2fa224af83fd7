#include "hub/api/access/sessions.hpp"

#include "hub/api/access/recognise.hpp"
#include "hub/api/access/sealed_token.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/random.hpp"
#include "hub/core/json/parse.hpp"

#include <openssl/crypto.h>

#include <algorithm>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::string_view session_purpose = "katydid session 2";
constexpr const char* session_kind = "session";
/// A record is written again only when it has lost this much of its time.
constexpr milliseconds renewal_step = std::chrono::minutes{5};

/// What to do next stands with the reason: a portal has no sign-in, only another link.
http::Response signed_out(std::string_view why, bool is_portal = false)
{
    const auto* const next = is_portal ? " Ask for a new link where you got this one."
                                       : " Sign in again.";
    return http::Response::problem(401, std::string{why} + next);
}

bool is_portal(const Session& session) { return session.grant && session.grant->is_portal(); }

std::string_view why_void(const Session& session)
{
    if (!session.grant) return "The key of this session is not good any more.";
    if (is_portal(session)) return "What the link gave access to was taken away.";
    return "What this session rests on is not good any more.";
}

bool are_equal(std::string_view one, std::string_view other)
{
    return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

/// Idle or too old, whichever comes first.
Timestamp end_of(const Session& session, Timestamp now)
{
    return std::min(now + session_idle_max, session.ends_at);
}

std::string owner_of(const Session& session, const registry::ApiKey& holder)
{
    if (session.grant) return (is_portal(session) ? "portal:" : "person:") + session.grant->subject;
    return holder.id.is_nil() ? "operator" : holder.id.to_string();
}

std::string_view kind_of(const Session& session)
{
    if (!session.grant) return "key";
    return is_portal(session) ? "portal" : "person";
}

store::Record record_of(const Session& session, const registry::ApiKey& holder, Timestamp now)
{
    const json::object object{
        {"owner", owner_of(session, holder)},
        {"who", kind_of(session) == "portal" ? "portal" : std::string_view{holder.name}},
        {"kind", kind_of(session)},
        {"role", to_text(session.grant ? session.grant->role : role_of(holder))},
        {"operator", holder.is_operator},
        {"created_at", to_rfc3339(session.created_at)},
        {"used_at", to_rfc3339(now)}};
    store::Record record{holder.tenant, session_kind, session.id, json::serialize(object), 1, now};
    record.is_setting = false;
    record.expires_at = end_of(session, now);
    return record;
}

/// nullopt: written by a hub of another version.
std::optional<SessionRow> read_row(const store::Record& record)
{
    const auto value = json_text::parse_or_null(record.json);
    const auto* object = value.if_object();
    if (object == nullptr || !record.expires_at) return std::nullopt;
    SessionRow row;
    row.id = record.id;
    row.owner = json_text::text_at(*object, "owner");
    row.who = json_text::text_at(*object, "who");
    row.kind = json_text::text_at(*object, "kind");
    const auto* is_operator = object->if_contains("operator");
    row.is_operator = is_operator != nullptr && *is_operator == json::value(true);
    const auto role = parse_role(json_text::text_at(*object, "role"));
    const auto created = parse_rfc3339(json_text::text_at(*object, "created_at"));
    const auto used = parse_rfc3339(json_text::text_at(*object, "used_at"));
    if (!role || !created || !used) return std::nullopt;
    row.role = *role;
    row.created_at = *created;
    row.used_at = *used;
    row.expires_at = *record.expires_at;
    return row;
}

std::string seal_session(const signing::Vault& vault, const Session& session)
{
    json::object object{{"key", encode(Encoding::hex, session.key_sha256)},
                        {"id", session.id},
                        {"created_at", session.created_at.time_since_epoch().count()},
                        {"ends_at", session.ends_at.time_since_epoch().count()}};
    if (session.grant) object["grant"] = to_json(*session.grant);
    return seal_token(vault, session_purpose, json::serialize(object));
}

}  // namespace

std::string random_id() { return encode(Encoding::hex, random_bytes(16)); }

std::optional<Session> Sessions::read(std::string_view token) const
{
    const auto opened = open_token(vault, session_purpose, token);
    if (!opened) return std::nullopt;
    // The vault vouches for it: it was written by seal_session().
    const auto object = json::parse(opened->text()).as_object();
    const auto time = [&object](const char* name) {
        return Timestamp{milliseconds{object.at(name).as_int64()}};
    };
    Session session;
    session.id = object.at("id").as_string();
    session.key_sha256
        = decode(Encoding::hex, std::string_view{object.at("key").as_string()}).value();
    session.created_at = time("created_at");
    session.ends_at = time("ends_at");
    if (const auto* grant = object.if_contains("grant"))
        session.grant = read_grant(grant->as_object());
    return session;
}

registry::ApiKeyPtr Sessions::holder_of(const Session& session) const
{
    const auto now = clock.now();
    const auto good_key = [&](const std::string& sha256) {
        auto key = tables.api_key(sha256);
        return key && is_good(*key, now) && !tables.is_leaving(key->tenant) ? key : nullptr;
    };
    if (!session.grant) return good_key(session.key_sha256);
    const auto& grant = *session.grant;
    if (!tables.tenant(grant.tenant) || tables.is_leaving(grant.tenant)) return nullptr;
    if (!grant.maker_sha256.empty() && !good_key(grant.maker_sha256)) return nullptr;
    if (!grant.stamp.empty() && grant.stamp != sign_on_stamp) return nullptr;
    return to_key(grant);
}

/// For one more: the oldest end.
awaitable<result<void>> Sessions::make_room(registry::ApiKeyPtr holder, std::string owner) const
{
    auto rows = co_await list(holder->tenant);
    if (!rows) co_return rows.error();
    std::size_t all = 0;
    std::size_t own = 0;
    for (const auto& row : *rows) {
        if (row.is_operator != holder->is_operator) continue;
        own += row.owner == owner ? 1 : 0;
        const bool is_over = row.owner == owner && own >= sessions_max;
        if (++all < tenant_sessions_max && !is_over) continue;
        const auto ended = co_await end(holder->tenant, row.id);
        if (!ended && ended.error() != errc::not_found) co_return ended.error();
    }
    co_return result<void>{};
}

awaitable<result<std::string>> Sessions::open(Session session, registry::ApiKeyPtr holder) const
{
    auto owner = owner_of(session, *holder);
    const auto room = co_await make_room(holder, std::move(owner));
    if (!room) co_return room.error();
    auto record = record_of(session, *holder, session.created_at);
    const auto put = co_await records.put_record(std::move(record));
    if (!put) co_return put.error();
    co_return seal_session(vault, session);
}

awaitable<result<std::string>> Sessions::open(registry::ApiKeyPtr key) const
{
    Session session;
    session.id = random_id();
    session.key_sha256 = key->sha256;
    session.created_at = clock.now();
    session.ends_at = session.created_at + session_age_max;
    return open(std::move(session), std::move(key));
}

awaitable<result<std::string>> Sessions::open(Grant grant, Timestamp ends_at) const
{
    Session session;
    session.id = random_id();
    session.created_at = clock.now();
    session.ends_at = ends_at;
    auto holder = to_key(grant);
    session.grant = std::move(grant);
    return open(std::move(session), std::move(holder));
}

std::variant<Caller, http::Response> Sessions::admit_holder(const Session& session,
                                                            std::string_view tenant,
                                                            std::string_view scope) const
{
    if (clock.now() >= session.ends_at)
        return signed_out("The session has ended.", is_portal(session));
    const auto holder = holder_of(session);
    if (!holder) return signed_out(why_void(session), is_portal(session));
    auto access = admit_tenant(holder, tenant, tables, scope);
    if (auto* caller = std::get_if<Caller>(&access)) {
        caller->session = session.id;
        if (!session.grant) return access;
        const auto& grant = *session.grant;
        caller->person = grant.is_portal() ? "portal:" + grant.subject : grant.person;
        caller->subscriptions = grant.subscriptions;
    }
    return access;
}

std::variant<Caller, http::Response>
Sessions::admit(const http::Request& head, std::string_view token, std::string_view scope) const
{
    const auto session = read(token);
    if (!session) return signed_out("The session cannot be read.");
    auto access = admit_holder(*session, head.header("katydid-tenant"), scope);
    const auto* refusal = std::get_if<http::Response>(&access);
    if (refusal != nullptr && refusal->status == 401) return access;
    if (!are_equal(head.header("katydid-csrf"), csrf_of(token)))
        return http::Response::problem(
            403, "A call with the session's cookie needs the header Katydid-Csrf; GET "
                 "/console/session tells its value.");
    return access;
}

std::variant<Caller, http::Response> Sessions::admit_navigation(std::string_view token,
                                                                Page page) const
{
    const auto session = read(token);
    if (!session || is_portal(*session) != (page == Page::portal))
        return signed_out("The session cannot be read.");
    return admit_holder(*session, {}, any_key);
}

awaitable<bool> session_goes_on(store::Records& records, const Clock& clock, TenantId tenant,
                                std::string id)
{
    const auto kept = co_await records.record(tenant, session_kind, std::move(id));
    if (!kept) co_return kept.error() != errc::not_found;
    co_return kept->expires_at&& clock.now() < *kept->expires_at;
}

awaitable<std::optional<http::Response>> Sessions::check(std::string token) const
{
    const auto session = read(token);
    const auto holder = session ? holder_of(*session) : nullptr;
    if (!holder) co_return signed_out("The session cannot be read.");
    const auto kept = co_await records.record(holder->tenant, session_kind, session->id);
    const auto now = clock.now();
    if (!kept && kept.error() != errc::not_found) co_return error_response(kept.error());
    if (!kept || !kept->expires_at || now >= *kept->expires_at)
        co_return signed_out("The session has ended.", is_portal(*session));
    if (end_of(*session, now) < *kept->expires_at + renewal_step) co_return std::nullopt;
    // As a change of what was read: a session that somebody ends meanwhile does not come back.
    auto renewed = record_of(*session, *holder, now);
    renewed.version = kept->version + 1;
    const auto put = co_await records.put_record(std::move(renewed));
    if (put || put.error() == errc::conflict) co_return std::nullopt;
    co_return error_response(put.error());
}

awaitable<bool> Sessions::close(std::string token) const
{
    const auto session = read(token);
    const auto holder = session ? holder_of(*session) : nullptr;
    if (!holder) co_return false;
    const auto gone = co_await end(holder->tenant, session->id);
    co_return gone || gone.error() == errc::not_found;
}

awaitable<result<void>> Sessions::end(TenantId tenant, std::string id) const
{
    return records.delete_record(tenant, session_kind, std::move(id));
}

awaitable<result<std::vector<SessionRow>>> Sessions::list(TenantId tenant) const
{
    const auto kept = co_await records.records(session_kind);
    if (!kept) co_return kept.error();
    const auto now = clock.now();
    std::vector<SessionRow> rows;
    for (const auto& record : *kept) {
        if (record.tenant != tenant || !record.expires_at || now >= *record.expires_at) continue;
        if (auto row = read_row(record)) rows.push_back(std::move(*row));
    }
    std::ranges::sort(rows, [](const SessionRow& one, const SessionRow& other) {
        return one.created_at != other.created_at ? one.created_at > other.created_at
                                                  : one.id > other.id;
    });
    co_return rows;
}

}  // namespace katydid::api
