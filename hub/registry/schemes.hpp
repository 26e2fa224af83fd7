// The signature schemes that a tenant can name: its own, the settings', the catalog's.
#pragma once

#include "hub/core/id.hpp"
#include "signing/schemes/scheme.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace katydid::registry {

/// A scheme that is not of the catalog.
struct OwnScheme {
    std::string name;
    signing::SchemePtr scheme;
    std::string toml;           ///< as it was given
    bool read_only = false;     ///< made by a setting, for every tenant
    std::uint64_t version = 1;  ///< of its record
    Timestamp updated_at{};
    TenantId tenant = default_tenant();  ///< whose it is, where no setting made it
    Timestamp created_at{};
};
using OwnSchemePtr = std::shared_ptr<const OwnScheme>;

/// Thread safety: none; each event loop has its own.
class Schemes {
public:
    /// Null when there is none of that name.
    [[nodiscard]] signing::SchemePtr find(TenantId tenant, std::string_view name) const;
    /// The same without the catalog.
    [[nodiscard]] OwnSchemePtr find_own(TenantId tenant, std::string_view name) const;
    /// Those that are not of the catalog, by name.
    [[nodiscard]] std::vector<OwnSchemePtr> own(TenantId tenant) const;

    void put(OwnSchemePtr scheme);
    void remove(TenantId tenant, std::string_view name);

private:
    using ByName = std::map<std::string, OwnSchemePtr, std::less<>>;
    std::unordered_map<TenantId, ByName> tenants_;
    ByName settings_;
};

}  // namespace katydid::registry
