// A source as the receiving route needs it.
#pragma once

#include "hub/core/source_json.hpp"
#include "signing/keys/key_ring.hpp"
#include "signing/schemes/scheme.hpp"
#include "signing/schemes/scheme_traits.hpp"
#include "signing/verify.hpp"

#include <boost/json/array.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace katydid::registry {

/// A source with its schemes found and its secrets opened. `schemes[i]` and `traits[i]` are of the
/// one that `source.schemes[i]` names.
struct SourceEntry {
    Source source;
    std::vector<signing::SchemePtr> schemes;
    std::vector<signing::SchemeTraits> traits;
    signing::KeyRingPtr keys;                      ///< all of them
    std::vector<signing::KeyRingPtr> scheme_keys;  ///< for each scheme those it may use (give_keys)
    boost::json::array unreadable_keys{};          ///< as the store has them, to be kept
    /// Verified by its bytes and keys alone and answered as the hub answers: no handshake among
    /// its POSTs, no key to fetch, no URL in what is signed.
    bool is_plain = true;

    /// What its requests must keep to, for the verifier; views into this entry.
    [[nodiscard]] signing::Expected expected() const noexcept;
};
using SourceEntryPtr = std::shared_ptr<const SourceEntry>;

/// Gives a source its keys, and each of its schemes those that it may use.
void give_keys(SourceEntry& entry, signing::KeyRingPtr keys);

/// Whether a provider's handshake may deliver the source's key: where it has no other scheme, which
/// would take that key as well.
[[nodiscard]] bool receives_key(const SourceEntry& entry) noexcept;

/// What keeps schemes and settings from working together, and which of the settings it is.
struct SourceFault {
    std::string_view setting;  ///< "schemes", "principal"
    std::string why;
};
[[nodiscard]] std::optional<SourceFault> source_fault(std::span<const signing::SchemePtr> schemes,
                                                      const SourceSettings& settings);

/// Finds the schemes that the source names, and gives them their keys. Names that are not found are
/// left out and logged.
void complete_source(SourceEntry& entry,
                     const std::function<signing::SchemePtr(std::string_view)>& find_scheme);

}  // namespace katydid::registry
