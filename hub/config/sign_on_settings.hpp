// Sign-on by an OpenID Connect provider: `[sso]`.
#pragma once

#include "hub/core/id.hpp"
#include "hub/core/secret.hpp"

#include <optional>
#include <string>
#include <vector>

namespace katydid::config {

/// Who has a role: people whose claim says so. `[[sso.roles]]`, the first that fits counts.
struct RoleRule {
    std::string claim;  ///< "groups"
    std::string value;  ///< what the claim is, or is one of
    std::string role;   ///< "read", "operate" or "admin"
    TenantId tenant = default_tenant();
    bool is_operator = false;  ///< tenant = "*"
};

/// A platform that takes people from here: `[[sso.platforms]]`.
struct PlatformSettings {
    std::string name;          ///< the audience of its tokens
    std::string callback_url;  ///< where they are posted
};

struct SignOnSettings {
    std::string issuer;
    std::string name;  ///< on the button; empty: the issuer's host
    std::string client_id;
    std::optional<Secret> client_secret;  ///< nullopt: a public client
    std::vector<std::string> scopes{"openid", "profile", "email"};
    std::vector<RoleRule> roles;
    std::vector<PlatformSettings> platforms;
};

}  // namespace katydid::config
