#include "signing/handshake.hpp"

#include "signing/exchange.hpp"
#include "signing/handshake_token.hpp"
#include "signing/key_material.hpp"
#include "signing/remote_key.hpp"

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

bool is_met(Exchange& exchange, const HandshakeRule::Condition& condition, const KeyRing& keys,
            Timestamp now)
{
    // Spares ordinary events the parsing of their body.
    if (condition.source.kind == SourceKind::json && condition.equals && !condition.equals_secret
        && exchange.request().body.find(*condition.equals) == std::string_view::npos)
        return false;
    const auto value = exchange.value(condition.source);
    if (!value || value->empty() || value->size() > echoed_bytes_max) return false;
    if (condition.equals_secret) return is_any_secret(keys, now, *value);
    if (condition.equals_verify_token) return is_verify_token(exchange.request(), *value);
    return !condition.equals || *value == *condition.equals;
}

bool applies(Exchange& exchange, const HandshakeRule& rule, const KeyRing& keys, Timestamp now)
{
    if (rule.method != exchange.request().method) return false;
    // Trust in the first key is given once: a key that is over was one, too.
    if (rule.stores_key && !keys.keys.empty()) return false;
    return std::all_of(
               rule.conditions.begin(), rule.conditions.end(),
               [&](const auto& condition) { return is_met(exchange, condition, keys, now); })
           && exchange.duplicated() == nullptr && exchange.over_limit().empty();
}

std::string escaped_json(std::string_view text)
{
    const std::string quoted = boost::json::serialize(boost::json::string{text});
    return quoted.substr(1, quoted.size() - 2);
}

/// Whether every text of which the reply tells the MAC is of the form of a token, which no webhook
/// signs.
bool tells_macs_of_tokens(Exchange& exchange, const Sources& parts)
{
    return std::all_of(parts.begin(), parts.end(), [&](Source part) {
        if (!is_keyed(part.transform)) return true;
        part.transform = Transform::none;
        const auto text = exchange.value(part);
        return text && is_handshake_token(Parts{&*text, 1});
    });
}

std::string filled(Exchange& exchange, const Sources& parts, bool as_json)
{
    std::string text;
    for (const auto& part : parts) {
        const auto value = exchange.value(part).value_or(std::string_view{});
        if (as_json && part.kind != SourceKind::literal) text += escaped_json(value);
        else text += value;
    }
    return text;
}

std::optional<HandshakeReply> reply_to(Exchange& exchange, const HandshakeRule& rule)
{
    if (!tells_macs_of_tokens(exchange, rule.body)) return std::nullopt;
    HandshakeReply reply;
    reply.status = rule.status;
    reply.content_type = rule.content_type;
    reply.body = filled(exchange, rule.body, rule.body_is_json);
    for (const auto& [name, value] : rule.headers) {
        std::string text = filled(exchange, value, false);
        if (!is_header_safe(name, text)) return std::nullopt;
        reply.headers.push_back({name, std::move(text)});
    }
    if (rule.stores_key) {
        const auto key = exchange.first(rule.key);
        if (!key) return std::nullopt;
        reply.new_key.emplace(std::string{*key});
    }
    if (rule.visit) {
        const auto url = exchange.value(*rule.visit);
        if (!url || !is_url_on_host(exchange.scheme().remote_key.host_pattern, *url))
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

bool needs_key(const Sources& parts)
{
    return std::any_of(parts.begin(), parts.end(),
                       [](const Source& source) { return is_keyed(source.transform); });
}

}  // namespace

std::optional<HandshakeReply> handshake(const Scheme& scheme, const RequestView& request,
                                        const KeyRing& keys, Timestamp now,
                                        std::string_view remote_key)
{
    if (scheme.handshakes.empty() || request.body.size() > handshake_body_bytes_max)
        return std::nullopt;
    Exchange exchange{scheme, request};
    for (const auto& rule : scheme.handshakes) {
        if (!applies(exchange, rule, keys, now)) continue;
        if (rule.is_signed
            && !std::holds_alternative<Verified>(verify(scheme, request, keys, now, remote_key)))
            return std::nullopt;
        KeyMaterial material;
        if (needs_key(rule.body)) {
            if (first_key(scheme, keys, now, material) == nullptr) return std::nullopt;
            exchange.set_secret(material.bytes());
        }
        return reply_to(exchange, rule);
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
