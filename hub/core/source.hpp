// Who posts webhooks to us.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/id.hpp"
#include "hub/core/secret.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace katydid {

/// What becomes of something that no signature covers.
enum class Unsigned : std::uint8_t { accept, refuse };

/// What may be chosen for a source.
struct SourceSettings {
    std::string public_url;      ///< as the provider knows it; empty: what the request says
    std::string client_subject;  ///< of the TLS client certificate it must show; empty: any, none
    bool gzip = false;           ///< whether its bodies may come compressed
    /// How old a signature may be; widens what the scheme allows and never narrows it.
    std::optional<milliseconds> tolerance;
    /// A signature that came before, under another id that nobody signed.
    Unsigned repeats = Unsigned::accept;
    /// An event type from a header that no signature covers.
    Unsigned unsigned_types = Unsigned::accept;
    bool split = false;     ///< whether a batch becomes one event for each of its items
    std::string principal;  ///< who must have signed, where the key is not the source's own
    /// Of the token that a provider's check of the endpoint shows (Meta), in hex; empty: none. The
    /// token itself is kept nowhere.
    std::string verify_token_sha256;

    friend bool operator==(const SourceSettings&, const SourceSettings&) = default;
};

struct Source {
    TenantId tenant = default_tenant();
    SourceId id;
    std::string name;                  ///< unique within the tenant; the last part of its URL
    std::vector<std::string> schemes;  ///< names of signature schemes, tried in this order
    SourceSettings settings;
    bool read_only = false;
    std::uint64_t version = 1;
    Timestamp created_at{};
    Timestamp updated_at{};
};

/// A source made by a setting, read-only in the API. Its secrets live in memory only.
struct FixedSource {
    std::string name;
    std::vector<std::string> schemes;
    std::vector<Secret> secrets;  ///< newest first
    SourceSettings settings{};
};

}  // namespace katydid
