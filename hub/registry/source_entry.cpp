#include "hub/registry/source_entry.hpp"

#include "hub/observe/log.hpp"
#include "signing/secrets.hpp"

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

bool receives_key(const SourceEntry& entry) noexcept
{
    return entry.traits.size() == 1 && entry.traits.front().receives_key;
}

SourceEntryPtr
make_source_entry(store::Source source, signing::KeyRingPtr keys, SourceSettings settings,
                  const std::function<signing::SchemePtr(std::string_view)>& find_scheme)
{
    auto entry = std::make_shared<SourceEntry>();
    std::erase_if(source.schemes, [&](const std::string& name) {
        auto scheme = find_scheme(name);
        if (!scheme) {
            log::error("source.scheme_missing", "the source names a scheme that does not exist",
                       {{"source", source.name}, {"scheme", name}});
            return true;
        }
        entry->traits.push_back(signing::traits_of(*scheme));
        entry->is_plain = entry->is_plain && !needs_more(entry->traits.back());
        entry->schemes.push_back(std::move(scheme));
        return false;
    });
    entry->source = std::move(source);
    give_keys(*entry, std::move(keys));
    entry->settings = std::move(settings);
    return entry;
}

}  // namespace katydid::registry
