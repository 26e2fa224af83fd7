#include "signing/sign.hpp"

#include "signing/algorithms/asymmetric.hpp"
#include "signing/builtins.hpp"
#include "signing/algorithms/http_signature.hpp"
#include "signing/keys/key_material.hpp"
#include "signing/request/parameters.hpp"
#include "signing/schemes/timestamp.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <openssl/crypto.h>

#include <algorithm>

namespace katydid::signing {
namespace {

Error cannot(const Scheme& scheme, std::string why)
{
    return {errc::invalid_argument, "cannot sign by " + scheme.name + ": " + std::move(why)};
}

/// As many as a request has with its dialect's own: one allocation for all.
constexpr std::size_t headers_usual = 12;

const ValueRef* first_of_kind(const ValueRefs& refs, ValueKind kind)
{
    for (const auto& ref : refs)
        if (ref.kind == kind) return &ref;
    return nullptr;
}

/// Builds the headers that the scheme's own sources would read back.
class Signer {
public:
    Signer(const Scheme& scheme, const SignInput& input, const KeyRing& keys, Timestamp now)
        : scheme_{scheme},
          input_{input},
          keys_{keys},
          now_{now}
    {}

    result<std::string> run_in_body()
    {
        if (!signs_in_body(scheme_))
            return cannot(scheme_, "its signature is not in a member of the body");
        auto signature = sign_once();
        if (!signature) return signature.error();
        boost::system::error_code error;
        auto document = boost::json::parse(input_.body, error);
        if (error) return cannot(scheme_, "the body is not JSON");
        auto* place = document.find_pointer(scheme_.signature.refs.front().name, error);
        if (place == nullptr) return cannot(scheme_, "the body has no member for the signature");
        *place = scheme_.signature.prefix + *signature;
        return boost::json::serialize(document);
    }

    result<Headers> run()
    {
        const ValueRef* const carrier = scheme_.signature.refs.data();
        if (carrier->kind != ValueKind::header && carrier->kind != ValueKind::bearer
            && carrier->kind != ValueKind::basic)
            return cannot(scheme_, "its signature is not in a header, so it only verifies");
        headers_.reserve(headers_usual);
        if (auto error = add_headers()) return std::move(*error);
        if (auto error = add_signatures()) return std::move(*error);
        headers_.push_back({std::string{carrier_name(*carrier)}, std::move(list_)});
        return std::move(headers_);
    }

private:
    static std::string_view carrier_name(const ValueRef& carrier)
    {
        return carrier.kind == ValueKind::header ? std::string_view{carrier.name} : "Authorization";
    }

    [[nodiscard]] Error no_active_key() const { return cannot(scheme_, "there is no active key"); }

    /// The id, timestamp and type, where the scheme has headers or fields for them.
    std::optional<Error> add_headers()
    {
        if (const auto* id = first_of_kind(scheme_.id, ValueKind::header); id != nullptr) {
            if (std::ranges::any_of(scheme_.id_refuses, [&](char c) {
                    return input_.id.find(c) != std::string_view::npos;
                }))
                return cannot(scheme_,
                              "the id must not hold any of \"" + scheme_.id_refuses + "\"");
            if (!input_.id.empty()) add(id->name, input_.id);
        }
        if (scheme_.timestamp) {
            const std::string text = format_time(scheme_.timestamp->format, now_);
            const auto& ref = scheme_.timestamp->refs.front();
            if (ref.kind == ValueKind::header) add(ref.name, text);
            if (ref.kind == ValueKind::field) add_item(ref.name, {}, text);
        }
        if (const auto* type = first_of_kind(scheme_.type, ValueKind::header);
            type != nullptr && !input_.event_type.empty())
            add(type->name, input_.event_type);
        return std::nullopt;
    }

    void add(std::string_view name, std::string_view value)
    {
        for (const auto& header : headers_)
            if (equal_names(header.name, name)) return;
        headers_.push_back({std::string{name}, std::string{value}});
    }

    void add_item(std::string_view field, std::string_view prefix, std::string_view text)
    {
        const auto& rule = scheme_.signature;
        if (!list_.empty()) list_ += rule.items;
        if (!rule.pair.empty()) list_.append(field).append(rule.pair);
        list_.append(prefix).append(text);
    }

    void add_signature(std::string_view field, std::string_view text)
    {
        const auto kind = scheme_.signature.refs.front().kind;
        const std::string_view credentials = kind == ValueKind::basic    ? "Basic "
                                             : kind == ValueKind::bearer ? "Bearer "
                                                                         : "";
        if (credentials.empty()) return add_item(field, scheme_.signature.prefix, text);
        add_item(field, credentials, scheme_.signature.prefix + std::string{text});
    }

    /// By the newest key that can, or by the private key that was given.
    result<std::string> sign_once()
    {
        std::optional<Error> unfit;
        if (keys_.keys.empty()) {
            const auto* method = public_key_method();
            if (method != nullptr && !input_.private_key.empty()) return sign_with(*method, {});
        }
        for (const auto& key : keys_.keys) {
            if (!key.is_active(now_)) continue;
            const auto* method = input_.private_key.empty() ? method_for(key.secret)
                                                            : public_key_method();
            if (method == nullptr) continue;
            auto signature = sign_with(*method, key.secret);
            if (signature) return signature;
            unfit = signature.error();
        }
        return unfit ? *unfit : no_active_key();
    }

    [[nodiscard]] const Method* public_key_method() const
    {
        for (const auto& method : scheme_.methods)
            if (method.algorithm == Algorithm::ed25519 || method.algorithm == Algorithm::ecdsa_p256
                || method.algorithm == Algorithm::rsa)
                return &method;
        return nullptr;
    }

    [[nodiscard]] const Method* method_of(std::string_view field) const
    {
        for (const auto& method : scheme_.methods)
            if (method.field == field) return &method;
        return nullptr;
    }

    std::optional<Error> add_signatures()
    {
        if (!input_.private_key.empty()) {
            auto signature = sign_once();
            if (!signature) return signature.error();
            add_item(public_key_method()->field, scheme_.signature.prefix, *signature);
            return std::nullopt;
        }
        std::size_t used = 0;
        std::optional<Error> unfit;
        for (const auto& key : keys_.keys) {
            if (!key.is_active(now_)) continue;
            // While a ring changes from one kind of key to another, the others are passed over.
            const Method* const method = method_for(key.secret);
            auto signature = method != nullptr ? sign_with(*method, key.secret)
                                               : cannot(scheme_, "a key is not of a kind it knows");
            if (!signature) {
                unfit = signature.error();
                continue;
            }
            add_signature(method->field, *signature);
            // Without a list there is room for one signature: the newest key's.
            if (++used == keys_max || scheme_.signature.items.empty()) break;
        }
        if (used == 0) return unfit ? unfit : no_active_key();
        return std::nullopt;
    }

    [[nodiscard]] const Method* method_for(const Secret& secret) const
    {
        for (const auto& method : scheme_.methods)
            if (suits(scheme_, method, secret)) return &method;
        return nullptr;
    }

    result<std::string> sign_with(const Method& method, const Secret& secret)
    {
        if (secret.text().starts_with("whpk_"))
            return cannot(scheme_, "whpk_ is the public key, which verifies; whsk_ signs");
        KeyMaterial material;
        if (!secret.empty() && !material.decode(method.key, secret))
            return cannot(scheme_, "a key cannot be decoded");
        if (method.algorithm == Algorithm::token) {
            const bool basic = scheme_.signature.refs.front().kind == ValueKind::basic;
            return basic ? encode(Encoding::base64, material.bytes())
                         : std::string{material.bytes()};
        }
        const std::string_view url = input_.url;
        const auto slash = url.find(
            '/', url.find("://") == std::string_view::npos ? 0 : url.find("://") + 3);
        const auto target = slash == std::string_view::npos ? std::string_view{"/"}
                                                            : url.substr(slash);
        const auto own = headers_.size();
        add_seen(own);
        auto signature = sign_seen(method, material,
                                   {input_.method, target, url, headers_, input_.body});
        headers_.resize(own);
        return signature;
    }

    /// Puts what the scheme may read back behind our own headers, for as long as a key signs.
    void add_seen(std::size_t own)
    {
        // An older signature of the same request, and what goes with it, is not looked at.
        const auto carrier = carrier_name(scheme_.signature.refs.front());
        for (const auto& header : input_.headers) {
            const auto is_same = [&](const Header& other) {
                return equal_names(other.name, header.name);
            };
            const auto* const first = headers_.data();
            if (!equal_names(header.name, carrier) && std::none_of(first, first + own, is_same))
                headers_.push_back(header);
        }
        if (!input_.content_type.empty())
            headers_.push_back({"Content-Type", std::string{input_.content_type}});
        // The timestamp field beside the signature is read back from the list made so far.
        if (!list_.empty()) headers_.push_back({std::string{carrier}, list_});
    }

    result<std::string> sign_seen(const Method& method, const KeyMaterial& material,
                                  const RequestView& request)
    {
        RequestValues values{scheme_, request};
        values.set_secret(material.bytes());
        std::string built;
        const Method* signing = &method;
        auto message = std::optional<MessageParts>{};
        if (scheme_.builtin == Builtin::none) {
            message = values.message(scheme_.message);
            if (!message)
                return cannot(scheme_,
                              "a value that it signs is absent: " + values.missing()->name);
        } else {
            Candidates own;
            own.size = 1;
            auto made = builtin_messages(values, own, keys_, now_);
            if (made.refusal) return cannot(scheme_, made.refusal->diagnosis);
            // SNS names the method in the message.
            if (const auto* named = method_of(own.items[0].field)) signing = named;
            built = std::move(made.messages.front());
            message.emplace().add(built);
        }
        const bool has_own = !input_.private_key.empty();
        return signature_of(*signing, has_own ? input_.private_key : material.bytes(), *message);
    }

    result<std::string> signature_of(const Method& method, std::string_view key,
                                     const MessageParts& message)
    {
        switch (method.algorithm) {
        case Algorithm::hmac:
            return encode(method.encoding, hmac(method.hash, key, message.view()).view());
        case Algorithm::hash:
            return encode(method.encoding, digest(method.hash, message.view()).view());
        case Algorithm::jwt:
        case Algorithm::token: return cannot(scheme_, "it only verifies");
        default: break;
        }
        const auto private_key = load_private_key(method, key);
        if (!private_key) return cannot(scheme_, "the key is no private key of its kind");
        const auto bytes = make_signature(method, *private_key, message.joined());
        if (!bytes) return cannot(scheme_, "OpenSSL refused to sign with this key");
        return encode(method.encoding, *bytes);
    }

    const Scheme& scheme_;
    const SignInput& input_;
    const KeyRing& keys_;
    Timestamp now_;
    Headers headers_;
    std::string list_;
};

}  // namespace

bool signs_in_body(const Scheme& scheme) noexcept
{
    return scheme.signature.refs.front().kind == ValueKind::json;
}

result<std::string> sign_body(const Scheme& scheme, const SignInput& input, const KeyRing& keys,
                              Timestamp now)
{
    return Signer{scheme, input, keys, now}.run_in_body();
}

result<Headers> sign(const Scheme& scheme, const SignInput& input, const KeyRing& keys,
                     Timestamp now)
{
    if (scheme.builtin == Builtin::rfc9421) return sign_http_message(scheme, input, keys, now);
    return Signer{scheme, input, keys, now}.run();
}

}  // namespace katydid::signing
