#include "hub/registry/source_entry.hpp"

#include "hub/observe/log.hpp"
#include "signing/keys/secrets.hpp"

#include <algorithm>

namespace katydid::registry {
namespace {

bool needs_more(const signing::SchemeTraits& traits)
{
    return traits.fetches_key || traits.answers_post || traits.signs_url || traits.has_own_answers;
}

}  // namespace

void give_keys(SourceEntry& entry, signing::KeyRingPtr keys)
{
    entry.scheme_keys.clear();
    for (const auto& scheme : entry.schemes)
        entry.scheme_keys.push_back(signing::keys_for(*scheme, entry.schemes, keys));
    entry.keys = std::move(keys);
}

signing::Expected SourceEntry::expected() const noexcept
{
    const auto& settings = source.settings;
    return {settings.tolerance.value_or(milliseconds{0}), settings.principal,
            settings.verify_token_sha256,
            std::ranges::any_of(traits, &signing::SchemeTraits::answers_with_mac)};
}

std::optional<SourceFault> source_fault(std::span<const signing::SchemePtr> schemes,
                                        const SourceSettings& settings)
{
    if (auto why = signing::mix_fault(schemes); !why.empty())
        return SourceFault{"schemes", std::move(why)};
    for (const auto& scheme : schemes) {
        const auto claim = signing::traits_of(*scheme).principal_claim;
        if (claim.empty() || !settings.principal.empty()) continue;
        return SourceFault{"principal", "is missing: the keys of " + signing::scheme_name(*scheme)
                                            + " sign for anybody, so name whose tokens the source "
                                              "takes (their claim "
                                            + claim + ")"};
    }
    return std::nullopt;
}

bool receives_key(const SourceEntry& entry) noexcept
{
    return entry.traits.size() == 1 && entry.traits.front().receives_key;
}

void complete_source(SourceEntry& entry,
                     const std::function<signing::SchemePtr(std::string_view)>& find_scheme)
{
    entry.schemes.clear();
    entry.traits.clear();
    entry.is_plain = true;
    std::erase_if(entry.source.schemes, [&](const std::string& name) {
        auto scheme = find_scheme(name);
        if (!scheme) {
            log::error("source.scheme_missing", "the source names a scheme that does not exist",
                       {{"source", entry.source.name}, {"scheme", name}});
            return true;
        }
        entry.traits.push_back(signing::traits_of(*scheme));
        entry.is_plain = entry.is_plain && !needs_more(entry.traits.back());
        entry.schemes.push_back(std::move(scheme));
        return false;
    });
    if (const auto fault = source_fault(entry.schemes, entry.source.settings))
        log::error("source.refused",
                   std::string{fault->setting} + ": " + fault->why
                       + ". Until then the source refuses every webhook",
                   {{"source", entry.source.name}});
    give_keys(entry, std::move(entry.keys));
}

}  // namespace katydid::registry
