#include "signing/verify.hpp"

#include "hub/core/text.hpp"
#include "signing/builtins.hpp"
#include "signing/identity.hpp"
#include "signing/matcher.hpp"
#include "signing/remote_key.hpp"
#include "signing/timestamp.hpp"

#include <algorithm>
#include <utility>

namespace katydid::signing {
namespace {

constexpr NameTable<RefusalReason, 15> reason_names{{
    {RefusalReason::signature_missing, "signature_missing"},
    {RefusalReason::signature_malformed, "signature_malformed"},
    {RefusalReason::signature_duplicated, "signature_duplicated"},
    {RefusalReason::signature_wrong, "signature_wrong"},
    {RefusalReason::timestamp_missing, "timestamp_missing"},
    {RefusalReason::timestamp_malformed, "timestamp_malformed"},
    {RefusalReason::timestamp_old, "timestamp_old"},
    {RefusalReason::timestamp_future, "timestamp_future"},
    {RefusalReason::id_malformed, "id_malformed"},
    {RefusalReason::no_active_key, "no_active_key"},
    {RefusalReason::key_undecodable, "key_undecodable"},
    {RefusalReason::body_malformed, "body_malformed"},
    {RefusalReason::repeated, "repeated"},
    {RefusalReason::type_unsigned, "type_unsigned"},
    {RefusalReason::schema_misfit, "schema_misfit"},
}};

using MaybeRefusal = std::optional<Refusal>;

Refusal refusal(RefusalReason reason, std::string diagnosis)
{
    return {reason, std::move(diagnosis)};
}

/// The steps of one verification, in order. Every step either lets pass or says why not.
class Verification {
public:
    Verification(const Scheme& scheme, const RequestView& request, const KeyRing& keys,
                 Timestamp now, std::string_view remote_key)
        : scheme_{scheme},
          keys_{keys},
          now_{now},
          remote_key_{remote_key},
          exchange_{scheme, request}
    {}

    Verdict run()
    {
        candidates_ = find_candidates(exchange_);
        if (auto refused = check_signature_presence()) return std::move(*refused);
        if (auto refused = check_timestamp(false)) return std::move(*refused);
        if (auto refused = check_id()) return std::move(*refused);
        if (auto refused = check_signatures()) return std::move(*refused);
        if (auto refused = check_timestamp(true)) return std::move(*refused);
        auto verdict = identify(exchange_, signed_text_);
        if (auto* verified = std::get_if<Verified>(&verdict)) verified->key = matched_->id;
        return verdict;
    }

private:
    MaybeRefusal check_signature_presence()
    {
        if (exchange_.duplicated() != nullptr) return duplicated();
        if (!candidates_.present)
            return refusal(RefusalReason::signature_missing,
                           "there is no " + describe(scheme_.signature.sources.front()));
        if (candidates_.size == 0)
            return refusal(RefusalReason::signature_malformed,
                           "the " + describe(scheme_.signature.sources.front())
                               + (candidates_.oversized ? " is far too long"
                                                        : " holds no signature of a known kind"));
        return std::nullopt;
    }

    /// \param behind_signature  whether the body may be parsed for it by now
    MaybeRefusal check_timestamp(bool behind_signature)
    {
        if (!scheme_.timestamp || scheme_.timestamp->signed_in_body != behind_signature)
            return std::nullopt;
        const auto& rule = *scheme_.timestamp;
        const auto text = exchange_.first(rule.sources);
        if (exchange_.duplicated() != nullptr) return duplicated();
        if (!text) {
            if (!rule.required) return std::nullopt;
            return refusal(RefusalReason::timestamp_missing,
                           "there is no timestamp: no " + describe(rule.sources.front()));
        }
        const auto time = parse_time(rule.format, *text);
        if (!time)
            return refusal(RefusalReason::timestamp_malformed,
                           "the timestamp is not written as the scheme says");
        return check_age(rule, *time);
    }

    MaybeRefusal check_age(const TimestampRule& rule, Timestamp time) const
    {
        const auto text = [](milliseconds duration) {
            return std::to_string(duration.count() / 1000);
        };
        if (rule.past_max && now_ - time > *rule.past_max)
            return refusal(RefusalReason::timestamp_old, "the timestamp is " + text(now_ - time)
                                                             + " s old, " + text(*rule.past_max)
                                                             + " s are allowed");
        if (rule.future_max && time - now_ > *rule.future_max)
            return refusal(RefusalReason::timestamp_future,
                           "the timestamp is " + text(time - now_) + " s in the future, "
                               + text(*rule.future_max) + " s are allowed");
        return std::nullopt;
    }

    /// An id that is part of what was signed is checked before; others are looked up behind it.
    MaybeRefusal check_id()
    {
        const bool is_signed = std::any_of(
            scheme_.message.begin(), scheme_.message.end(),
            [](const Source& s) { return s.kind == SourceKind::id; });
        if (!is_signed) return std::nullopt;
        const auto id = exchange_.first(scheme_.id);
        if (exchange_.duplicated() != nullptr) return duplicated();
        if (!id)
            return refusal(RefusalReason::id_malformed,
                           "there is no " + describe(scheme_.id.front()));
        if (id->find_first_of(scheme_.id_refuses) != std::string_view::npos)
            return refusal(RefusalReason::id_malformed,
                           "the id holds one of the characters \"" + scheme_.id_refuses + "\"");
        return std::nullopt;
    }

    MaybeRefusal check_signatures()
    {
        if (auto refused = check_remote_key(scheme_, remote_key_, now_)) return refused;
        if (scheme_.builtin != Builtin::none) {
            built_ = builtin_messages(exchange_, candidates_, keys_, now_);
            if (built_.refusal) return std::move(built_.refusal);
        }
        Matcher matcher{exchange_, candidates_, {built_.messages, remote_key_, now_}};
        std::size_t active = 0;
        for (const auto& key : keys_.keys) {
            if (!key.is_active(now_)) continue;
            if (++active > keys_max) break;
            if (built_.configured && !equal_bytes(key.secret.text(), *built_.configured)) continue;
            if (!matcher.try_key(key.secret)) continue;
            matched_ = &key;
            signed_text_ = matcher.signed_text();
            break;
        }
        if (exchange_.duplicated() != nullptr) return duplicated();
        if (matched_ != nullptr) return std::nullopt;
        return no_match(matcher, active);
    }

    [[nodiscard]] Refusal no_match(const Matcher& matcher, std::size_t active) const
    {
        if (active == 0)
            return refusal(RefusalReason::no_active_key,
                           keys_.keys.empty()
                               ? "the source has no key"
                               : "every key of the source is expired or not yet valid");
        if (!matcher.any_key_decoded())
            return refusal(RefusalReason::key_undecodable,
                           "no active key is written as the scheme " + scheme_.name + " wants it");
        if (exchange_.missing() != nullptr)
            return refusal(RefusalReason::signature_wrong,
                           "a signed value is absent: " + describe(*exchange_.missing()));
        if (!matcher.any_signature_decoded())
            return refusal(RefusalReason::signature_malformed,
                           "the signature is not encoded as the scheme says");
        return refusal(RefusalReason::signature_wrong, matcher.reason().empty()
                                                           ? "no active key makes this signature"
                                                           : matcher.reason());
    }

    [[nodiscard]] Refusal duplicated() const
    {
        return refusal(RefusalReason::signature_duplicated,
                       "there is more than one " + describe(*exchange_.duplicated()));
    }

    static std::string describe(const Source& source)
    {
        switch (source.kind) {
        case SourceKind::header: return "header " + source.name;
        case SourceKind::query: return "query parameter " + source.name;
        case SourceKind::form: return "form field " + source.name;
        case SourceKind::json: return "JSON value at " + source.name;
        case SourceKind::field: return "field " + source.name + " beside the signature";
        case SourceKind::bearer: return "Authorization header with a Bearer token";
        case SourceKind::basic: return "Authorization header with Basic credentials";
        case SourceKind::id: return "id";
        case SourceKind::timestamp: return "timestamp";
        default: return "value " + source.name;
        }
    }

    const Scheme& scheme_;
    const KeyRing& keys_;
    Timestamp now_;
    std::string_view remote_key_;
    Exchange exchange_;
    Candidates candidates_;
    const Key* matched_ = nullptr;
    std::string_view signed_text_;
    BuiltinMessages built_;
};

/// Whether another reading of the body could be the signed one.
bool may_be_other_body(const Refusal& refusal) noexcept
{
    return refusal.reason == RefusalReason::signature_wrong
           || refusal.reason == RefusalReason::signature_missing;
}

/// The bytes as they came, then what they say once they are uncompressed.
Verdict verify_either(const Scheme& scheme, RequestView request, const KeyRing& keys, Timestamp now,
                      std::string_view remote_key)
{
    auto verdict = Verification{scheme, request, keys, now, remote_key}.run();
    const auto* refused = std::get_if<Refusal>(&verdict);
    if (refused == nullptr || request.plain_body.empty() || !may_be_other_body(*refused))
        return verdict;
    request.body = std::exchange(request.plain_body, {});
    auto second = Verification{scheme, request, keys, now, remote_key}.run();
    refused = std::get_if<Refusal>(&second);
    if (auto* verified = std::get_if<Verified>(&second)) verified->plain_signed = true;
    else if (may_be_other_body(*refused)) return verdict;
    return second;
}

}  // namespace

std::string_view to_text(RefusalReason reason) noexcept { return name_of(reason_names, reason); }

bool mentions(const Scheme& scheme, const Headers& headers) noexcept
{
    return std::any_of(scheme.signature.sources.begin(), scheme.signature.sources.end(),
                       [&](const Source& source) {
                           switch (source.kind) {
                           case SourceKind::header:
                               return find_header(headers, source.name) != nullptr;
                           case SourceKind::bearer:
                           case SourceKind::basic:
                               return find_header(headers, "Authorization") != nullptr;
                           default: return true;  // not in the headers: it has to be tried
                           }
                       });
}

Verdict verify(const Scheme& scheme, const RequestView& request, const KeyRing& keys, Timestamp now)
{
    return verify_either(scheme, request, keys, now, {});
}

Verdict verify(const Scheme& scheme, const RequestView& request, const KeyRing& keys, Timestamp now,
               std::string_view remote_key)
{
    return verify_either(scheme, request, keys, now, remote_key);
}

}  // namespace katydid::signing
