#include "hub/input/subscription_signature.hpp"

#include "hub/input/subscription_input.hpp"
#include "signing/schemes/scheme_traits.hpp"

#include <algorithm>

namespace katydid::input {
namespace {

using signing::KeyUse;

std::string those_that_sign(TenantId tenant, const registry::Schemes& schemes)
{
    std::string text;
    for (const auto& own : schemes.own(tenant))
        if (signing::why_it_cannot_sign(*own->scheme).empty())
            text += (text.empty() ? "" : ", ") + own->name;
    for (const auto& name : signing::signing_scheme_names())
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

/// Empty when the subscription's scheme can sign; else what is wrong with `signature`.
std::string signature_fault(const Subscription& subscription, const registry::Schemes& schemes)
{
    const auto& name = subscription.signature;
    if (name.empty()) return {};
    const auto scheme = schemes.find(subscription.tenant, name);
    const auto why = scheme ? signing::why_it_cannot_sign(*scheme) : std::string{};
    if (scheme && why.empty()) return {};
    return (scheme ? "\"" + name + "\" only verifies: " + why
                   : "there is no scheme \"" + name + "\"")
           + ". Those that sign are " + those_that_sign(subscription.tenant, schemes);
}

bool has_fitting_key(const signing::Scheme& scheme, const signing::KeyRing& keys, Timestamp now)
{
    return std::ranges::any_of(keys.keys, [&](const signing::Key& key) {
        return key.is_active(now) && signing::check_secret(scheme, key.secret, KeyUse::sign);
    });
}

}  // namespace

std::string signing_scheme_name(const Subscription& subscription)
{
    if (!subscription.signature.empty()) return subscription.signature;
    switch (subscription.dialect) {
    case Dialect::standard:
    case Dialect::cloudevents: return "standard-webhooks";
    case Dialect::atlvs: return "atlvs";
    case Dialect::grasshopper: return "grasshopper";
    case Dialect::raw: break;
    }
    return {};
}

signing::SchemePtr signing_scheme_of(const Subscription& subscription,
                                     const registry::Schemes& schemes)
{
    const auto name = signing_scheme_name(subscription);
    if (name.empty()) return nullptr;
    return subscription.signature.empty() ? signing::find_scheme(name)
                                          : schemes.find(subscription.tenant, name);
}

result<signing::MadeSecret> make_successor(const signing::Scheme& scheme,
                                           const signing::KeyRing& keys)
{
    const bool was_pair = !keys.keys.empty()
                          && keys.keys.front().secret.text().starts_with("whsk_");
    if (was_pair) {
        auto pair = signing::generate_key_pair();
        if (signing::check_secret(scheme, pair.private_key, KeyUse::sign))
            return signing::MadeSecret{std::move(pair.private_key), std::move(pair.public_key)};
    }
    return signing::make_secret(scheme, KeyUse::sign);
}

ShownSecret settle_signature(SubscriptionInput& input, const registry::Schemes& schemes,
                             const signing::KeyRing* keys, Timestamp now,
                             std::vector<Fault>& faults)
{
    auto& subscription = input.subscription;
    if (auto fault = signature_fault(subscription, schemes); !fault.empty()) {
        faults.push_back({"/signature", std::move(fault)});
        return {};
    }
    const auto scheme = signing_scheme_of(subscription, schemes);
    if (!scheme) {
        if (input.secret)
            faults.push_back({"/secret", "the dialect \"raw\" is not signed: leave the secret out, "
                                         "or name a signature"});
        return {};
    }
    if (input.secret) {
        if (const auto fits = signing::check_secret(*scheme, *input.secret, KeyUse::sign); !fits)
            faults.push_back({"/secret", fits.error().message});
        return {{}, signing::public_key_of(*input.secret)};
    }
    if (keys != nullptr && has_fitting_key(*scheme, *keys, now)) return {};
    if (keys != nullptr && !keys->keys.empty()) {
        faults.push_back({"/signature", "the subscription's secret does not fit \""
                                            + signing::scheme_name(*scheme)
                                            + "\": give a new secret with it"});
        return {};
    }
    auto made = signing::make_secret(*scheme, KeyUse::sign);
    if (!made) {
        faults.push_back({"/secret", "is missing: " + made.error().message});
        return {};
    }
    ShownSecret shown{std::string{made->secret.text()}, made->public_key};
    input.secret = std::move(made->secret);
    return shown;
}

void check_sent_secret(const SubscriptionInput& input, const Subscription& base,
                       const registry::Schemes& schemes, std::vector<Fault>& faults)
{
    const auto& changed = input.subscription;
    const auto scheme = signing_scheme_of(changed, schemes);
    if (!scheme || input.secret || !signing::traits_of(*scheme).has_token) return;
    const bool is_known = changed.signature == base.signature && changed.dialect == base.dialect
                          && has_same_origin(changed.handler.url, base.handler.url);
    if (!is_known)
        faults.push_back({"/secret", "is sent as it is by \"" + signing::scheme_name(*scheme)
                                         + "\", and was not given for this receiver: give it "
                                           "again"});
}

}  // namespace katydid::input
