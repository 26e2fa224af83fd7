// What people may do who have no key of their own: a role in a tenant.
#pragma once

#include "hub/core/id.hpp"
#include "hub/registry/api_key.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::api {

/// What a role may do is one table, in grant.cpp.
enum class Role : std::uint8_t { read, operate, admin };
[[nodiscard]] std::string_view to_text(Role role) noexcept;
[[nodiscard]] std::optional<Role> parse_role(std::string_view text) noexcept;
/// The scopes of a role.
[[nodiscard]] std::span<const std::string_view> scopes_of(Role role) noexcept;
/// The role that a key's scopes come to, for what the console offers.
[[nodiscard]] Role role_of(const registry::ApiKey& key);

/// Who a session without a key is of, and what they may do.
struct Grant {
    /// The provider's `sub`, or the id of a portal link.
    std::string subject;
    std::string person;  ///< for people: an e-mail address or a name; empty: came by a portal link
    TenantId tenant = default_tenant();
    Role role = Role::read;
    bool is_operator = false;                     ///< may look after every tenant
    std::vector<SubscriptionId> subscriptions{};  ///< all there is for them; empty: no limit
    /// Sign-on settings (SignOn::stamp) under which the person signed in, or who made the link;
    /// when they change the grant is void.
    std::string stamp{};
    std::string maker_sha256{};  ///< of the key that made the link: it must still be good

    [[nodiscard]] bool is_portal() const noexcept { return person.empty(); }
};

[[nodiscard]] boost::json::object to_json(const Grant& grant);
/// Throws when the object was not made by to_json().
[[nodiscard]] Grant read_grant(const boost::json::object& object);

/// The grant as a key: what judges keys judges it too. It has no id and no hash.
[[nodiscard]] registry::ApiKeyPtr to_key(const Grant& grant);

}  // namespace katydid::api
