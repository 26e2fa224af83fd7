// A source as the receiving route needs it.
#pragma once

#include "hub/store/store.hpp"
#include "signing/key_ring.hpp"
#include "signing/scheme.hpp"
#include "signing/scheme_traits.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace katydid::registry {

/// A source with its schemes found and its secrets opened. `schemes[i]` and `traits[i]` are of the
/// one that `source.schemes[i]` names.
struct SourceEntry {
    store::Source source;
    std::vector<signing::SchemePtr> schemes;
    std::vector<signing::SchemeTraits> traits;
    signing::KeyRingPtr keys;
    std::string public_url;      ///< as the provider knows it; empty: what the request says
    std::string client_subject;  ///< of the TLS client certificate it must show; empty: any, none
    bool gzip = false;           ///< whether its bodies may come compressed
    /// Verified by its bytes and keys alone and answered as the hub answers: no handshake among
    /// its POSTs, no key to fetch, no URL in what is signed.
    bool is_plain = true;
};
using SourceEntryPtr = std::shared_ptr<const SourceEntry>;

/// What is in store::Source::settings.
struct SourceSettings {
    std::string public_url;
    std::string client_subject;
    bool gzip = false;
};
[[nodiscard]] std::string to_text(const SourceSettings& settings);
/// What is not there or cannot be read is left empty.
[[nodiscard]] SourceSettings read_source_settings(std::string_view text);

/// Names that are not found are left out and logged.
[[nodiscard]] SourceEntryPtr
make_source_entry(store::Source source, signing::KeyRingPtr keys, SourceSettings settings,
                  const std::function<signing::SchemePtr(std::string_view)>& find_scheme);

}  // namespace katydid::registry
