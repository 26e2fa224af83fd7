#include "signing/request/coverage.hpp"

#include "hub/core/json/scan.hpp"
#include "hub/core/text/text.hpp"

#include <algorithm>

namespace katydid::signing {
namespace {

bool has_kind(const ValueRefs& refs, ValueKind kind)
{
    return std::ranges::any_of(refs, [&](const ValueRef& s) { return s.kind == kind; });
}

bool is_same(const ValueRef& a, const ValueRef& b)
{
    if (a.kind != b.kind) return false;
    return a.kind == ValueKind::header ? equal_names(a.name, b.name) : a.name == b.name;
}

bool has(const ValueRefs& refs, const ValueRef& wanted)
{
    return std::ranges::any_of(refs, [&](const ValueRef& s) { return is_same(s, wanted); });
}

bool has_algorithm(const Scheme& scheme, Algorithm algorithm)
{
    return std::ranges::any_of(scheme.methods,
                               [&](const Method& method) { return method.algorithm == algorithm; });
}

/// "iat" or "jti" among the claims of a token whose signed part this is.
bool claims_time(std::string_view signed_part)
{
    const auto claims = decode(Encoding::base64url, signed_part.substr(signed_part.find('.') + 1));
    return claims && (json_text::find(*claims, "/iat") || json_text::find(*claims, "/jti"));
}

/// SNS signs these members of the body, and no others.
constexpr std::array<std::string_view, 6> sns_pointers{"/Message",   "/MessageId", "/Subject",
                                                       "/Timestamp", "/TopicArn",  "/Type"};

}  // namespace

bool Coverage::covers(const ValueRef& ref) const
{
    if (ref.kind == ValueKind::literal || covers_all()) return true;
    if (!ref.scope.empty() && !covers(ref.scope.front())) return false;
    switch (ref.kind) {
    case ValueKind::header: return covers_header(ref);
    case ValueKind::query: return covers_url() || names(ref);
    case ValueKind::form:
        return covers_body() || has_kind(scheme_.message, ValueKind::form_all) || names(ref);
    case ValueKind::json:
        if (scheme_.builtin == Builtin::sns)
            return std::ranges::find(sns_pointers, ref.name) != sns_pointers.end();
        return covers_body() || names(ref);
    case ValueKind::json_key: return covers_body();
    default: return names(ref);
    }
}

bool Coverage::covers_time() const
{
    if (scheme_.builtin == Builtin::rfc9421) return true;  // `created` is asked for
    if (has_algorithm(scheme_, Algorithm::jwt))
        return !covers_all() && (values_ == nullptr || claims_time(signed_text_));
    if (!scheme_.timestamp || covers_all()) return false;
    for (const auto& ref : scheme_.timestamp->refs)
        if (values_ == nullptr || values_->value(ref).value_or("") != "") return covers(ref);
    return false;
}

bool Coverage::covers_all() const
{
    return has_algorithm(scheme_, Algorithm::token)
           || (has_algorithm(scheme_, Algorithm::jwt) && scheme_.jwt.body_claim.empty());
}

bool Coverage::covers_body() const
{
    if (covers_all()) return true;
    if (scheme_.builtin == Builtin::twilio || scheme_.builtin == Builtin::contentful) return true;
    if (scheme_.builtin == Builtin::rfc9421) return has_component("content-digest");
    if (has_algorithm(scheme_, Algorithm::jwt)) return true;  // else it covers all
    return std::ranges::any_of(scheme_.message, [](const ValueRef& part) {
        return part.kind == ValueKind::body && part.transform != Transform::crc32_decimal;
    });
}

bool Coverage::covers_url() const
{
    if (scheme_.builtin == Builtin::twilio || scheme_.builtin == Builtin::contentful) return true;
    if (scheme_.builtin == Builtin::rfc9421)
        return has_component("@target-uri") || has_component("@request-target")
               || has_component("@query");
    return has_kind(scheme_.message, ValueKind::url)
           || has_kind(scheme_.message, ValueKind::target);
}

bool Coverage::covers_header(const ValueRef& header) const
{
    if (scheme_.builtin == Builtin::rfc9421) {
        // Several lines are signed as one: where a value ends and the next begins is not.
        const bool is_one = values_ == nullptr
                            || count_headers(values_->request().headers, header.name) == 1;
        return is_one && has_component(header.name);
    }
    if (scheme_.builtin != Builtin::contentful) return names(header);
    if (values_ == nullptr) return scheme_.timestamp && has(scheme_.timestamp->refs, header);
    const auto listed = split_list(
        header_value(values_->request().headers, "x-contentful-signed-headers"));
    return std::ranges::any_of(listed,
                               [&](const auto& each) { return equal_names(each, header.name); });
}

bool Coverage::names(const ValueRef& ref) const
{
    return std::ranges::any_of(scheme_.message, [&](const ValueRef& part) {
        if (part.kind == ValueKind::timestamp) return has(scheme_.timestamp->refs, ref);
        if (part.kind == ValueKind::id) return has(scheme_.id, ref);
        return is_same(part, ref);
    });
}

bool Coverage::has_component(std::string_view name) const
{
    if (values_ == nullptr)
        return std::ranges::any_of(scheme_.http_signature.covers, [&](const std::string& each) {
            return equal_names(each, name);
        });
    // A signature base is lines of "name": value, its parameters last (RFC 9421 2.5).
    std::string_view rest = signed_text_;
    while (rest.starts_with('"')) {
        rest.remove_prefix(1);
        if (rest.size() > name.size() && rest[name.size()] == '"'
            && equal_names(rest.substr(0, name.size()), name))
            return true;
        const auto end = rest.find('\n');
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return false;
}

}  // namespace katydid::signing
