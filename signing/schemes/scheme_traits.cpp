#include "signing/schemes/scheme_traits.hpp"

#include "hub/core/text/reserved.hpp"
#include "signing/handshake.hpp"
#include "signing/schemes/scheme_data.hpp"

#include <algorithm>

namespace katydid::signing {
namespace {

bool uses_url(const Scheme& scheme)
{
    const auto is_url = [](const ValueRef& ref) { return ref.kind == ValueKind::url; };
    return scheme.builtin == Builtin::twilio || scheme.builtin == Builtin::rfc9421
           || std::any_of(scheme.message.begin(), scheme.message.end(), is_url);
}

bool is_header_of(const ValueRefs& refs, std::string_view name)
{
    return std::any_of(refs.begin(), refs.end(), [&](const ValueRef& ref) {
        return ref.kind == ValueKind::header && equal_names(ref.name, name);
    });
}

/// Whether a value of the message is there when we are the one who sends.
bool is_at_hand(const Scheme& scheme, const ValueRef& ref)
{
    switch (ref.kind) {
    case ValueKind::header:
        return ref.optional || equal_names(ref.name, "Content-Type")
               || is_header_of(scheme.id, ref.name) || is_header_of(scheme.type, ref.name)
               || (scheme.timestamp && is_header_of(scheme.timestamp->refs, ref.name));
    case ValueKind::timestamp: {
        const auto kind = scheme.timestamp->refs.front().kind;
        return kind == ValueKind::header || kind == ValueKind::field;
    }
    case ValueKind::id: return scheme.id.front().kind == ValueKind::header;
    case ValueKind::form:
    case ValueKind::form_all:
    case ValueKind::query:
    case ValueKind::json:
    case ValueKind::json_key:
    case ValueKind::bearer:
    case ValueKind::basic: return ref.optional;
    default: return true;
    }
}

}  // namespace

SchemeTraits traits_of(const Scheme& scheme)
{
    SchemeTraits traits;
    traits.fetches_key = scheme.remote_key.kind != RemoteKeyRule::Kind::none;
    traits.checks_chain = scheme.remote_key.chain;
    traits.signs_url = uses_url(scheme);
    traits.principal_claim = scheme.jwt.principal;
    traits.answers_with_mac = scheme.answers_with_mac;
    traits.issues_secret = scheme.issues_secret;
    traits.handshake_methods = handshake_methods(scheme);
    for (const auto& rule : scheme.handshakes) {
        traits.answers_post = traits.answers_post || rule.method == "POST";
        traits.receives_key = traits.receives_key || rule.stores_key;
        for (const auto& condition : rule.conditions)
            traits.shows_verify_token = traits.shows_verify_token || condition.equals_verify_token;
    }
    bool is_bearer = false;
    for (const auto& method : scheme.methods) {
        traits.has_token = traits.has_token || method.algorithm == Algorithm::token;
        is_bearer = is_bearer
                    || (method.algorithm == Algorithm::jwt && scheme.jwt.body_claim.empty());
    }
    for (const auto& ref : scheme.signature.refs)
        if ((traits.has_token || is_bearer) && ref.kind == ValueKind::header)
            traits.credential_headers.push_back(ref.name);
    for (const auto* answer : {&scheme.accepted, &scheme.duplicate, &scheme.rejected})
        traits.has_own_answers = traits.has_own_answers || answer->status != 0 || answer->body;
    return traits;
}

std::string why_it_cannot_sign(const Scheme& scheme)
{
    const auto kind = scheme.signature.refs.front().kind;
    if (kind != ValueKind::header && kind != ValueKind::bearer && kind != ValueKind::basic)
        return "its signature is not in a header";
    if (scheme.remote_key.kind != RemoteKeyRule::Kind::none)
        return "its key is fetched from the provider";
    for (const auto& method : scheme.methods)
        if (method.algorithm == Algorithm::jwt) return "it is a token that only its issuer makes";
    if (scheme.builtin == Builtin::rfc9421) return {};
    for (const auto* refs : {&scheme.signature.refs, &scheme.id, &scheme.type})
        for (const auto& ref : *refs)
            if (ref.kind == ValueKind::header && is_connection_header(ref.name))
                return "it writes the header " + ref.name + ", which is the connection's";
    if (scheme.builtin != Builtin::none) return "it signs what only the provider sends";
    if (scheme.timestamp && scheme.timestamp->required
        && scheme.timestamp->refs.front().kind != ValueKind::header
        && scheme.timestamp->refs.front().kind != ValueKind::field)
        return "its timestamp is in the body";
    for (const auto& ref : scheme.message)
        if (!is_at_hand(scheme, ref))
            return "it signs a value that an outbound request does not have (" + ref.name + ")";
    return {};
}

const std::vector<std::string>& signing_scheme_names()
{
    static const std::vector<std::string> names = [] {
        auto all = scheme_names();
        std::erase_if(all, [](const std::string& name) {
            return !why_it_cannot_sign(*find_scheme(name)).empty();
        });
        return all;
    }();
    return names;
}

std::string name_fault(std::string_view name)
{
    constexpr std::size_t name_bytes_max = 64;
    const auto is_good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    if (name.empty() || name.size() > name_bytes_max || name.front() == '-' || name.back() == '-'
        || !std::all_of(name.begin(), name.end(), is_good))
        return "the name of a scheme is 1 to 64 small letters, digits and dashes, as in "
               "\"my-provider\"";
    if (find_scheme(name))
        return "\"" + std::string{name} + "\" is a scheme of the catalog: choose another name";
    return {};
}

}  // namespace katydid::signing
