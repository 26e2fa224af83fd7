#include "signing/scheme_traits.hpp"

#include "hub/core/reserved.hpp"
#include "signing/handshake.hpp"
#include "signing/scheme_data.hpp"

#include <algorithm>

namespace katydid::signing {
namespace {

bool uses_url(const Scheme& scheme)
{
    const auto is_url = [](const Source& source) { return source.kind == SourceKind::url; };
    return scheme.builtin == Builtin::twilio || scheme.builtin == Builtin::rfc9421
           || std::any_of(scheme.message.begin(), scheme.message.end(), is_url);
}

bool is_header_of(const Sources& sources, std::string_view name)
{
    return std::any_of(sources.begin(), sources.end(), [&](const Source& source) {
        return source.kind == SourceKind::header && equal_names(source.name, name);
    });
}

/// Whether a value of the message is there when we are the one who sends.
bool is_at_hand(const Scheme& scheme, const Source& source)
{
    switch (source.kind) {
    case SourceKind::header:
        return source.optional || equal_names(source.name, "Content-Type")
               || is_header_of(scheme.id, source.name) || is_header_of(scheme.type, source.name)
               || (scheme.timestamp && is_header_of(scheme.timestamp->sources, source.name));
    case SourceKind::timestamp: {
        const auto kind = scheme.timestamp->sources.front().kind;
        return kind == SourceKind::header || kind == SourceKind::field;
    }
    case SourceKind::id: return scheme.id.front().kind == SourceKind::header;
    case SourceKind::form:
    case SourceKind::form_all:
    case SourceKind::query:
    case SourceKind::json:
    case SourceKind::json_key:
    case SourceKind::bearer:
    case SourceKind::basic: return source.optional;
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
    for (const auto& source : scheme.signature.sources)
        if ((traits.has_token || is_bearer) && source.kind == SourceKind::header)
            traits.credential_headers.push_back(source.name);
    for (const auto* answer : {&scheme.accepted, &scheme.duplicate, &scheme.rejected})
        traits.has_own_answers = traits.has_own_answers || answer->status != 0 || answer->body;
    return traits;
}

std::string why_it_cannot_sign(const Scheme& scheme)
{
    const auto kind = scheme.signature.sources.front().kind;
    if (kind != SourceKind::header && kind != SourceKind::bearer && kind != SourceKind::basic)
        return "its signature is not in a header";
    if (scheme.remote_key.kind != RemoteKeyRule::Kind::none)
        return "its key is fetched from the provider";
    for (const auto& method : scheme.methods)
        if (method.algorithm == Algorithm::jwt) return "it is a token that only its issuer makes";
    if (scheme.builtin == Builtin::rfc9421) return {};
    for (const auto* sources : {&scheme.signature.sources, &scheme.id, &scheme.type})
        for (const auto& source : *sources)
            if (source.kind == SourceKind::header && is_connection_header(source.name))
                return "it writes the header " + source.name + ", which is the connection's";
    if (scheme.builtin != Builtin::none) return "it signs what only the provider sends";
    if (scheme.timestamp && scheme.timestamp->required
        && scheme.timestamp->sources.front().kind != SourceKind::header
        && scheme.timestamp->sources.front().kind != SourceKind::field)
        return "its timestamp is in the body";
    for (const auto& source : scheme.message)
        if (!is_at_hand(scheme, source))
            return "it signs a value that an outbound request does not have (" + source.name + ")";
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
