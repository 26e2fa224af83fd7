// Who may call the API.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/id.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace katydid::registry {

/// An API key, known only by the SHA-256 of its text.
struct ApiKey {
    TenantId tenant = default_tenant();
    KeyId id;
    std::string name;
    std::string sha256;  ///< 32 bytes
    std::vector<std::string> scopes;
    bool is_operator = false;  ///< may act for every tenant
    Timestamp created_at{};
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> revoked_at;
    std::uint64_t version = 1;
    Timestamp updated_at{};
};

using ApiKeyPtr = std::shared_ptr<const ApiKey>;

}  // namespace katydid::registry
