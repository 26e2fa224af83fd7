#include "signing/verify.hpp"

#include "hub/core/text/text.hpp"
#include "signing/builtins.hpp"
#include "signing/request/identity.hpp"
#include "signing/request/json_text.hpp"
#include "signing/matcher.hpp"
#include "signing/keys/remote_key.hpp"
#include "signing/schemes/timestamp.hpp"

#include <algorithm>
#include <utility>

namespace katydid::signing {
namespace {

constexpr NameTable<RefusalReason, 16> reason_names{{
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
    {RefusalReason::over_limit, "over_limit"},
    {RefusalReason::repeated, "repeated"},
    {RefusalReason::type_unsigned, "type_unsigned"},
    {RefusalReason::schema_misfit, "schema_misfit"},
}};

using MaybeRefusal = std::optional<Refusal>;

bool has_json(const ValueRefs& refs)
{
    return std::any_of(refs.begin(), refs.end(),
                       [](const ValueRef& ref) { return ref.kind == ValueKind::json; });
}

/// Whether values of the JSON body are what is signed or compared, rather than its bytes.
bool reads_json_first(const Scheme& scheme)
{
    return scheme.builtin == Builtin::sns || scheme.builtin == Builtin::adyen
           || has_json(scheme.message) || has_json(scheme.signature.refs);
}

bool is_form_field_of(const ValueRefs& refs, std::string_view name)
{
    return std::any_of(refs.begin(), refs.end(), [&](const ValueRef& ref) {
        return ref.kind == ValueKind::form && ref.name == name;
    });
}

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
          values_{scheme, request}
    {}

    Verdict run()
    {
        if (auto refused = check_json()) return std::move(*refused);
        candidates_ = find_candidates(values_);
        if (auto refused = check_signature_presence()) return std::move(*refused);
        if (auto refused = check_timestamp(false)) return std::move(*refused);
        if (auto refused = check_id()) return std::move(*refused);
        if (auto refused = check_signatures()) return std::move(*refused);
        if (auto refused = check_timestamp(true)) return std::move(*refused);
        auto verdict = identify(values_, signed_text_);
        if (auto* verified = std::get_if<Verified>(&verdict)) verified->key = matched_->id;
        return verdict;
    }

private:
    /// Where values of the body are signed, there must be one way to read them.
    MaybeRefusal check_json()
    {
        if (!reads_json_first(scheme_)) return std::nullopt;
        if (count_json_values(values_.content()) > unproven_json_values_max)
            return refusal(RefusalReason::over_limit, "the body's JSON has more than 50000 values");
        if (has_repeated_member(values_.content()))
            return refusal(RefusalReason::signature_duplicated,
                           "an object of the body's JSON has a member twice");
        return std::nullopt;
    }

    /// What was read so far and must not be trusted.
    [[nodiscard]] MaybeRefusal unreadable() const
    {
        if (!values_.over_limit().empty())
            return refusal(RefusalReason::over_limit, std::string{values_.over_limit()});
        if (values_.duplicated() != nullptr)
            return refusal(RefusalReason::signature_duplicated,
                           "there is more than one " + describe(*values_.duplicated()));
        return std::nullopt;
    }

    MaybeRefusal check_signature_presence()
    {
        if (auto refused = unreadable()) return refused;
        if (candidates_.too_many)
            return refusal(RefusalReason::over_limit, "the "
                                                          + describe(scheme_.signature.refs.front())
                                                          + " holds more than 8 signatures");
        if (!candidates_.present)
            return refusal(RefusalReason::signature_missing,
                           "there is no " + describe(scheme_.signature.refs.front()));
        if (candidates_.size == 0)
            return refusal(RefusalReason::signature_malformed,
                           "the " + describe(scheme_.signature.refs.front())
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
        const auto text = values_.first(rule.refs);
        if (auto refused = unreadable()) return refused;
        if (!text) {
            if (!rule.required) return std::nullopt;
            return refusal(RefusalReason::timestamp_missing,
                           "there is no timestamp: no " + describe(rule.refs.front()));
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
        const auto past_max = rule.past_max ? allowed(*rule.past_max) : milliseconds::max();
        const auto future_max = rule.future_max ? allowed(*rule.future_max) : milliseconds::max();
        if (now_ - time > past_max)
            return refusal(RefusalReason::timestamp_old, "the timestamp is " + text(now_ - time)
                                                             + " s old, " + text(past_max)
                                                             + " s are allowed");
        if (time - now_ > future_max)
            return refusal(RefusalReason::timestamp_future,
                           "the timestamp is " + text(time - now_) + " s in the future, "
                               + text(future_max) + " s are allowed");
        return std::nullopt;
    }

    /// A source may allow more than its scheme, never less.
    [[nodiscard]] milliseconds allowed(milliseconds own) const
    {
        return std::max(own, values_.request().expected.tolerance);
    }

    /// An id that is part of what was signed is checked before; others are looked up after it.
    MaybeRefusal check_id()
    {
        const bool is_signed = std::any_of(
            scheme_.message.begin(), scheme_.message.end(),
            [](const ValueRef& s) { return s.kind == ValueKind::id; });
        if (!is_signed) return std::nullopt;
        const auto id = values_.first(scheme_.id);
        if (auto refused = unreadable()) return refused;
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
            built_ = builtin_messages(values_, candidates_, keys_, now_);
            if (built_.refusal) return std::move(built_.refusal);
        }
        Matcher matcher{
            values_, candidates_, {built_.messages, built_.each_has_its_own, remote_key_, now_}};
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
        if (auto refused = unreadable()) return refused;
        return matched_ != nullptr ? check_coverage() : no_match(matcher, active);
    }

    /// Where fields of a form are signed one by one, there must be no others.
    MaybeRefusal check_coverage()
    {
        const auto uses = [&](ValueKind kind) {
            return std::any_of(scheme_.message.begin(), scheme_.message.end(),
                               [&](const ValueRef& ref) { return ref.kind == kind; });
        };
        if (!uses(ValueKind::form) || uses(ValueKind::body) || uses(ValueKind::form_all))
            return std::nullopt;
        const auto* const form = values_.form();
        const bool is_covered
            = form != nullptr && std::all_of(form->begin(), form->end(), [&](const auto& field) {
                  return is_form_field_of(scheme_.message, field.first)
                         || is_form_field_of(scheme_.signature.refs, field.first);
              });
        if (is_covered) return std::nullopt;
        return refusal(RefusalReason::signature_wrong,
                       "the form has a field that the signature does not cover");
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
        if (values_.missing() != nullptr)
            return refusal(RefusalReason::signature_wrong,
                           "a signed value is absent: " + describe(*values_.missing()));
        if (matcher.gave_up())
            return refusal(RefusalReason::over_limit,
                           "too many signatures and keys for a body of this size: not all were "
                           "tried");
        if (!matcher.reason().empty())
            return refusal(RefusalReason::signature_wrong, matcher.reason());
        if (!matcher.any_signature_decoded())
            return refusal(RefusalReason::signature_malformed,
                           "the signature is not encoded as the scheme says");
        return refusal(RefusalReason::signature_wrong,
                       active > keys_max ? "none of the newest 8 active keys makes this signature; "
                                           "older ones are not tried"
                                         : "no active key makes this signature");
    }

    static std::string describe(const ValueRef& ref)
    {
        switch (ref.kind) {
        case ValueKind::header: return "header " + ref.name;
        case ValueKind::query: return "query parameter " + ref.name;
        case ValueKind::form: return "form field " + ref.name;
        case ValueKind::json: return "JSON value at " + ref.name;
        case ValueKind::field: return "field " + ref.name + " beside the signature";
        case ValueKind::bearer: return "Authorization header with a Bearer token";
        case ValueKind::basic: return "Authorization header with Basic credentials";
        case ValueKind::id: return "id";
        case ValueKind::timestamp: return "timestamp";
        default: return "value " + ref.name;
        }
    }

    const Scheme& scheme_;
    const KeyRing& keys_;
    Timestamp now_;
    std::string_view remote_key_;
    RequestValues values_;
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
    return std::any_of(scheme.signature.refs.begin(), scheme.signature.refs.end(),
                       [&](const ValueRef& ref) {
                           switch (ref.kind) {
                           case ValueKind::header: return find_header(headers, ref.name) != nullptr;
                           case ValueKind::bearer:
                           case ValueKind::basic:
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
