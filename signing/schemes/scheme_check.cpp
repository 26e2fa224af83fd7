#include "signing/schemes/scheme_check.hpp"

#include "hub/core/text/headers.hpp"

#include <algorithm>
#include <array>

namespace katydid::signing {
namespace {

[[noreturn]] void refuse(const Scheme& scheme, const std::string& why)
{
    throw Failure{Error{errc::invalid_argument, scheme.name + ": " + why}};
}

bool uses(const ValueRefs& refs, ValueKind kind)
{
    return std::any_of(refs.begin(), refs.end(),
                       [&](const ValueRef& ref) { return ref.kind == kind; });
}

void check_headers(const Scheme& scheme, const ValueRefs& refs)
{
    for (const auto& ref : refs) {
        if (ref.kind == ValueKind::header && !is_header_safe(ref.name, ""))
            refuse(scheme, "\"" + ref.name + "\" is no header name");
        if (ref.kind == ValueKind::field && scheme.signature.pair.empty()
            && scheme.signature.items.empty())
            refuse(scheme, "field:" + ref.name + " needs a signature list (items, pair)");
    }
}

void check_signature(const Scheme& scheme)
{
    const auto& rule = scheme.signature;
    if (rule.refs.empty()) refuse(scheme, "signature.from is missing: where is the signature?");
    for (const auto& ref : rule.refs) {
        switch (ref.kind) {
        case ValueKind::header:
        case ValueKind::query:
        case ValueKind::form:
        case ValueKind::json:
        case ValueKind::bearer:
        case ValueKind::basic: break;
        default:
            refuse(scheme, "signature.from must be header, query, form, json, bearer or basic");
        }
        if (ref.transform != Transform::none) refuse(scheme, "signature.from takes no transform");
    }
    if (rule.position && (rule.items.empty() || !rule.pair.empty()))
        refuse(scheme, "signature.position counts in a list: it needs items and excludes pair");
    for (const auto& method : scheme.methods) {
        if (!rule.pair.empty() && method.field.empty())
            refuse(scheme, "signature.pair needs the field that holds the signature");
        if (rule.pair.empty() && !method.field.empty() && scheme.builtin != Builtin::sns)
            refuse(scheme, "signature.field needs signature.pair");
        if (method.key.format == KeyFormat::jwk && method.algorithm != Algorithm::jwt)
            refuse(scheme, "key.format jwk is for the algorithm jwt");
    }
}

void check_method(const Scheme& scheme, const Method& method)
{
    const bool says_nothing = method.algorithm == Algorithm::token
                              || method.algorithm == Algorithm::jwt;
    if (says_nothing && !scheme.message.empty())
        refuse(scheme, "a token or JWT signs no message: remove message");
    if (!says_nothing && scheme.message.empty() && scheme.builtin == Builtin::none)
        refuse(scheme, "message is missing: what is signed?");
    const bool holds_secret = uses(scheme.message, ValueKind::secret);
    if (method.algorithm == Algorithm::hash && !holds_secret)
        refuse(scheme, "a plain hash without {secret} in the message proves nothing");
    if (method.algorithm == Algorithm::jwt && scheme.builtin != Builtin::none)
        refuse(scheme, "a built-in has no JWT");
    if (holds_secret && method.algorithm != Algorithm::hash
        && scheme.remote_key.kind == RemoteKeyRule::Kind::none)
        refuse(scheme, "{secret} belongs in the message of a plain hash only");
    if (method.algorithm == Algorithm::jwt && scheme.jwt.algorithm != "HS256"
        && scheme.jwt.algorithm != "RS256" && scheme.jwt.algorithm != "ES256")
        refuse(scheme, "jwt.algorithm must be HS256, RS256 or ES256");
    if (method.encoding == Encoding::text && !says_nothing)
        refuse(scheme, "signature.encoding text is for tokens only");
}

/// Else a public key, which anybody may know, would be tried as a shared secret.
void check_kinds_of_keys(const Scheme& scheme)
{
    const auto is_public = [&](const Method& method) { return has_public_key(scheme, method); };
    const bool has_public = std::any_of(scheme.methods.begin(), scheme.methods.end(), is_public);
    const bool has_shared = !std::all_of(scheme.methods.begin(), scheme.methods.end(), is_public);
    for (const auto& method : scheme.methods)
        if (has_public && has_shared && is_public(method) && !method.key.prefix_required)
            refuse(scheme, "a method with a public key beside one with a shared secret needs "
                           "key.required_prefix");
}

void check_message(const Scheme& scheme)
{
    check_headers(scheme, scheme.message);
    if (scheme.message.size() > message_parts_max) refuse(scheme, "message has more than 24 parts");
    for (const auto& ref : scheme.message) {
        if (is_keyed(ref.transform)) refuse(scheme, "hmac transforms are for handshakes only");
        if (ref.kind == ValueKind::json_key) refuse(scheme, "json-key is for the event type only");
    }
    if (uses(scheme.message, ValueKind::timestamp) && !scheme.timestamp)
        refuse(scheme, "the message uses {timestamp}, but there is no timestamp rule");
    if (uses(scheme.message, ValueKind::id) && scheme.id.empty())
        refuse(scheme, "the message uses {id}, but there is no id source");
}

void check_timestamp(Scheme& scheme)
{
    if (!scheme.timestamp) return;
    auto& rule = *scheme.timestamp;
    if (rule.refs.empty()) refuse(scheme, "timestamp.from is missing");
    check_headers(scheme, rule.refs);
    if (uses(rule.refs, ValueKind::timestamp)) refuse(scheme, "the timestamp refers to itself");
    rule.signed_in_body = uses(rule.refs, ValueKind::json)
                          && !uses(scheme.message, ValueKind::timestamp);
}

void check_identity(const Scheme& scheme)
{
    for (const auto* refs : {&scheme.type, &scheme.id, &scheme.subject}) {
        check_headers(scheme, *refs);
        if (uses(*refs, ValueKind::secret) || uses(*refs, ValueKind::id))
            refuse(scheme, "type, id and subject cannot be the secret or {id}");
    }
    for (const auto* refs : {&scheme.message, &scheme.type, &scheme.subject})
        if (std::ranges::any_of(*refs, [](const ValueRef& s) { return !s.scope.empty(); }))
            refuse(scheme, "\"of\" belongs in id: what an id is unique in");
}

void check_batch(const Scheme& scheme)
{
    if (!scheme.batch) return;
    const auto is_pointer = [](std::string_view text) {
        return text.empty() || text.starts_with('/');
    };
    if (!is_pointer(scheme.batch->items) || !std::ranges::all_of(scheme.batch->types, is_pointer))
        refuse(scheme, "batch.items and batch.type are JSON pointers: they begin with a slash");
}

void check_remote_key(const Scheme& scheme)
{
    const auto& rule = scheme.remote_key;
    if (rule.kind == RemoteKeyRule::Kind::none) return;
    if (rule.host_pattern.empty())
        refuse(scheme, "remote_key.host is missing: a key is fetched from allowed hosts only");
    if (rule.url.name.empty()) refuse(scheme, "remote_key.url is missing");
    // So may a certificate: the message names whom it is for, as PayPal's does the webhook.
    if (rule.kind == RemoteKeyRule::Kind::certificate && scheme.builtin != Builtin::sns
        && !uses(scheme.message, ValueKind::secret))
        refuse(scheme, "a certificate that is fetched may sign for anybody: the message needs "
                       "{secret}, a value of the source that the provider signs");
    // The keys of a set sign for everybody whom their issuer knows.
    const auto names_sender = [](const auto& claim) {
        return claim.second != "{secret}"
               && (claim.first == "sub" || claim.first == "email" || claim.first == "azp");
    };
    const auto& jwt = scheme.jwt;
    if (rule.kind == RemoteKeyRule::Kind::jwks && jwt.principal.empty()
        && std::none_of(jwt.claims.begin(), jwt.claims.end(), names_sender))
        refuse(scheme, "jwt.principal is missing: which claim says who signed (\"email\", "
                       "\"sub\")? Each source then names its principal");
}

/// Not 205, after which a client waits for no content and would take ours for the next answer.
bool is_success(unsigned status) { return status >= 200 && status <= 299 && status != 205; }

/// Nothing that a browser would run or show as a page.
bool is_plain_content(std::string_view type)
{
    constexpr std::array<std::string_view, 5> known{"", "text/plain", "text/plain; charset=utf-8",
                                                    "application/json",
                                                    "application/json; charset=utf-8"};
    return std::ranges::find(known, type) != known.end();
}

/// What providers ask for when they check an endpoint, and nothing that means something to a
/// browser or a proxy: no cookies, no service workers, no policies, no redirects.
bool is_handshake_header(std::string_view name)
{
    const auto is_same = [&](std::string_view known) { return equal_names(name, known); };
    const auto begins = [&](std::string_view prefix) {
        return equal_names(name.substr(0, prefix.size()), prefix) && name.size() > prefix.size();
    };
    const auto ends = [&](std::string_view suffix) {
        return name.size() > suffix.size()
               && equal_names(name.substr(name.size() - suffix.size()), suffix);
    };
    if (is_same("Allow") || is_same("X-Content-Type-Options")) return true;
    if (begins("WebHook-") || begins("X-WebHook-") || begins("X-Hook-")) return true;
    return begins("X-") && (ends("-Challenge") || ends("-Secret") || ends("-Verification"));
}

/// A provider takes a 2xx for "taken": anything else for what was stored would make it send again.
void check_answers(const Scheme& scheme)
{
    constexpr std::size_t body_bytes_max = 4'096;
    struct Named {
        const char* name;
        const Response& answer;
    };
    for (const auto& [name, answer] :
         {Named{"accepted", scheme.accepted}, Named{"duplicate", scheme.duplicate},
          Named{"rejected", scheme.rejected}}) {
        const bool is_rejection = &answer == &scheme.rejected;
        const bool is_good = answer.status == 0 || is_success(answer.status)
                             || (is_rejection && answer.status >= 400 && answer.status <= 499);
        if (!is_good)
            refuse(scheme, std::string{name} + ".status must be between 200 and 299, and not 205"
                               + (is_rejection ? ", or between 400 and 499" : ""));
        if (answer.body && answer.body->size() > body_bytes_max)
            refuse(scheme, std::string{name} + ".body has at most 4096 bytes");
    }
}

void check_handshake(const Scheme& scheme, const HandshakeRule& rule)
{
    constexpr std::array<std::string_view, 4> methods{"GET", "HEAD", "OPTIONS", "POST"};
    if (std::find(methods.begin(), methods.end(), rule.method) == methods.end())
        refuse(scheme, "handshake.method must be GET, HEAD, OPTIONS or POST");
    if (!is_success(rule.status))
        refuse(scheme, "handshake.status must be between 200 and 299, and not 205");
    if (!is_plain_content(rule.content_type))
        refuse(scheme, "handshake.content_type must be text/plain or application/json");
    if (rule.method == "POST" && rule.conditions.empty())
        refuse(scheme, "a POST handshake needs a condition, or it would swallow every event");
    if (rule.visit && (!rule.is_signed || scheme.remote_key.host_pattern.empty()))
        refuse(scheme, "handshake.visit needs signed = true and remote_key.host");
    for (const auto& [name, value] : rule.headers) {
        if (std::any_of(value.begin(), value.end(),
                        [](const ValueRef& ref) { return is_keyed(ref.transform); }))
            refuse(scheme, "hmac transforms are for the handshake's body");
        if (!is_header_safe(name, "")) refuse(scheme, "\"" + name + "\" is no header name");
        if (!is_handshake_header(name))
            refuse(scheme, "handshake.headers cannot have \"" + name
                               + "\": Allow, WebHook-*, X-WebHook-*, X-Hook-* and X-*-Challenge, "
                                 "X-*-Secret or X-*-Verification are known");
        if (uses(value, ValueKind::secret)) refuse(scheme, "a handshake must not tell the secret");
    }
    for (const auto& ref : rule.body)
        if (ref.kind == ValueKind::secret) refuse(scheme, "a handshake must not tell the secret");
}

}  // namespace

void check_scheme(Scheme& scheme)
{
    if (scheme.methods.empty() && scheme.builtin == Builtin::none)
        refuse(scheme, "algorithm is missing");
    check_signature(scheme);
    check_headers(scheme, scheme.signature.refs);
    check_timestamp(scheme);
    check_message(scheme);
    for (const auto& method : scheme.methods) check_method(scheme, method);
    check_kinds_of_keys(scheme);
    check_identity(scheme);
    check_batch(scheme);
    check_remote_key(scheme);
    for (const auto& rule : scheme.handshakes) check_handshake(scheme, rule);
    check_answers(scheme);
}

}  // namespace katydid::signing
