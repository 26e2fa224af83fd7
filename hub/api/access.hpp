// Who calls, for which tenant, and may they?
#pragma once

#include "hub/core/clock.hpp"
#include "hub/http/message.hpp"
#include "hub/registry/tables.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace katydid::api {

/// A caller whose key was found and who may do what was asked.
struct Caller {
    TenantId tenant = default_tenant();
    KeyId key;
    bool is_operator = false;
};

/// In the place of a scope: no tenant's key has it, whatever its scopes.
constexpr std::string_view operator_only = "operator";

/// Bearer key, tenant and scope of a request, or the response that refuses it: 401 without a
/// valid key, 403 without the scope, 404 for a tenant that does not exist for this key.
/// Operators name a tenant, by id or name, with the header Katydid-Tenant; else it is the default
/// one.
[[nodiscard]] std::variant<Caller, http::Response> authorise(const http::Request& request,
                                                             const registry::Tables& tables,
                                                             Timestamp now, std::string_view scope);

/// The 32 bytes by which a key is known: SHA-256 of its text.
[[nodiscard]] std::string hash_api_key(std::string_view text);

/// "kd_live_" and 43 base64url digits of the system's randomness.
[[nodiscard]] std::string generate_api_key();

}  // namespace katydid::api
