#include "signing/handshake.hpp"

#include "signing/request/request_values.hpp"
#include "signing/handshake_token.hpp"
#include "signing/keys/key_material.hpp"
#include "signing/keys/remote_key.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <algorithm>

namespace katydid::signing {
namespace {

constexpr std::size_t echoed_bytes_max = 4096;

bool is_verify_token(const RequestView& request, std::string_view text)
{
    const auto& wanted = request.expected.verify_token_sha256;
    return !wanted.empty() && equal_bytes(sha256_hex(text), wanted);
}

bool is_any_secret(const KeyRing& keys, Timestamp now, std::string_view text)
{
    const Digest given = digest(Hash::sha256, text);
    return std::any_of(keys.keys.begin(), keys.keys.end(), [&](const Key& key) {
        return key.is_active(now) && !key.secret.empty()
               && equal_bytes(digest(Hash::sha256, key.secret.text()).view(), given.view());
    });
}

bool is_met(RequestValues& values, const HandshakeRule::Condition& condition, const KeyRing& keys,
            Timestamp now)
{
    // Spares ordinary events the parsing of their body.
    if (condition.ref.kind == ValueKind::json && condition.equals && !condition.equals_secret
        && values.request().body.find(*condition.equals) == std::string_view::npos)
        return false;
    const auto value = values.value(condition.ref);
    if (!value || value->empty() || value->size() > echoed_bytes_max) return false;
    if (condition.equals_secret) return is_any_secret(keys, now, *value);
    if (condition.equals_verify_token) return is_verify_token(values.request(), *value);
    return !condition.equals || *value == *condition.equals;
}

bool applies(RequestValues& values, const HandshakeRule& rule, const KeyRing& keys, Timestamp now)
{
    if (rule.method != values.request().method) return false;
    // Trust in the first key is given once: a key that is over was one, too.
    if (rule.stores_key && !keys.keys.empty()) return false;
    return std::all_of(rule.conditions.begin(), rule.conditions.end(),
                       [&](const auto& condition) { return is_met(values, condition, keys, now); })
           && values.duplicated() == nullptr && values.over_limit().empty();
}

std::string escaped_json(std::string_view text)
{
    const std::string quoted = boost::json::serialize(boost::json::string{text});
    return quoted.substr(1, quoted.size() - 2);
}

/// Whether every text of which the reply tells the MAC is of the form of a token, which no webhook
/// signs.
bool tells_macs_of_tokens(RequestValues& values, const ValueRefs& parts)
{
    return std::all_of(parts.begin(), parts.end(), [&](ValueRef part) {
        if (!is_keyed(part.transform)) return true;
        part.transform = Transform::none;
        const auto text = values.value(part);
        return text && is_handshake_token(Parts{&*text, 1});
    });
}

std::string filled(RequestValues& values, const ValueRefs& parts, bool as_json)
{
    std::string text;
    for (const auto& part : parts) {
        const auto value = values.value(part).value_or(std::string_view{});
        if (as_json && part.kind != ValueKind::literal) text += escaped_json(value);
        else text += value;
    }
    return text;
}

std::optional<HandshakeReply> reply_to(RequestValues& values, const HandshakeRule& rule)
{
    if (!tells_macs_of_tokens(values, rule.body)) return std::nullopt;
    HandshakeReply reply;
    reply.status = rule.status;
    reply.content_type = rule.content_type;
    reply.body = filled(values, rule.body, rule.body_is_json);
    for (const auto& [name, value] : rule.headers) {
        std::string text = filled(values, value, false);
        if (!is_header_safe(name, text)) return std::nullopt;
        reply.headers.push_back({name, std::move(text)});
    }
    if (rule.stores_key) {
        const auto key = values.first(rule.key);
        if (!key) return std::nullopt;
        reply.new_key.emplace(std::string{*key});
    }
    if (rule.visit) {
        const auto url = values.value(*rule.visit);
        if (!url || !is_url_on_host(values.scheme().remote_key.host_pattern, *url))
            return std::nullopt;
        reply.visit_url = *url;
    }
    return reply;
}

/// The newest active key that the scheme can read, for replies that are computed with it.
const Key* first_key(const Scheme& scheme, const KeyRing& keys, Timestamp now,
                     KeyMaterial& material)
{
    for (const auto& key : keys.keys) {
        if (key.is_active(now) && !scheme.methods.empty()
            && material.decode(scheme.methods.front().key, key.secret))
            return &key;
    }
    return nullptr;
}

bool needs_key(const ValueRefs& parts)
{
    return std::any_of(parts.begin(), parts.end(),
                       [](const ValueRef& ref) { return is_keyed(ref.transform); });
}

}  // namespace

std::optional<HandshakeReply> handshake(const Scheme& scheme, const RequestView& request,
                                        const KeyRing& keys, Timestamp now,
                                        std::string_view remote_key)
{
    if (scheme.handshakes.empty() || request.body.size() > handshake_body_bytes_max)
        return std::nullopt;
    RequestValues values{scheme, request};
    for (const auto& rule : scheme.handshakes) {
        if (!applies(values, rule, keys, now)) continue;
        if (rule.is_signed
            && !std::holds_alternative<Verified>(verify(scheme, request, keys, now, remote_key)))
            return std::nullopt;
        KeyMaterial material;
        if (needs_key(rule.body)) {
            if (first_key(scheme, keys, now, material) == nullptr) return std::nullopt;
            values.set_secret(material.bytes());
        }
        return reply_to(values, rule);
    }
    return std::nullopt;
}

std::vector<std::string> handshake_methods(const Scheme& scheme)
{
    std::vector<std::string> methods;
    for (const auto& rule : scheme.handshakes) {
        if (rule.method != "POST"
            && std::find(methods.begin(), methods.end(), rule.method) == methods.end())
            methods.push_back(rule.method);
    }
    return methods;
}

CustomAnswer custom_answer(const Scheme& scheme, AnswerKind kind)
{
    const auto& response = kind == AnswerKind::accepted    ? scheme.accepted
                           : kind == AnswerKind::duplicate ? scheme.duplicate
                                                           : scheme.rejected;
    return {response.status, response.body};
}

}  // namespace katydid::signing
