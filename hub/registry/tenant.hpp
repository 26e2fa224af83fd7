// The unit of isolation, with what is its own.
#pragma once

#include "hub/core/retention.hpp"
#include "hub/store/records.hpp"

#include <memory>
#include <optional>
#include <string>

namespace katydid::registry {

/// How long a tenant's finished rows are kept, where it differs from the hub's setting.
struct OwnRetention {
    std::optional<milliseconds> delivered, dead, dedupe, rejected;
};

[[nodiscard]] inline bool is_empty(const OwnRetention& own)
{
    return !own.delivered && !own.dead && !own.dedupe && !own.rejected;
}

/// What happens to an event whose data does not fit the schema of its type.
enum class SchemaMode : std::uint8_t {
    off,     ///< nothing is checked
    warn,    ///< it is accepted, and the log says so
    reject,  ///< it is refused
    strict,  ///< and so is every type that the catalog does not have
};
[[nodiscard]] std::string_view to_text(SchemaMode mode) noexcept;
[[nodiscard]] std::optional<SchemaMode> parse_schema_mode(std::string_view text) noexcept;

/// How the tenant's portal looks.
struct Branding {
    std::string accent;  ///< "#0a7d55"; empty: the hub's own
    std::string logo;    ///< "data:image/png;base64,…"; empty: none
};

struct Tenant {
    TenantId id;
    std::string name;  ///< unique in the hub
    TenantId owner;    ///< whose key made it (scope tenants:write); nil: an operator
    OwnRetention retention;
    std::uint32_t in_flight = 0;  ///< attempts at the same time; 0: the hub's setting
    SchemaMode schema_mode = SchemaMode::off;
    Branding branding;
    std::uint64_t version = 1;
    Timestamp created_at{};
    Timestamp updated_at{};
    /// From then on nobody can name it; its data goes with the next sweeps, its record last.
    std::optional<Timestamp> deleted_at{};
};

using TenantPtr = std::shared_ptr<const Tenant>;

/// The hub's rules with the tenant's own in their place.
[[nodiscard]] Retention overlay(Retention standard, const OwnRetention& own);

/// How a tenant lies in the store, without id and version.
[[nodiscard]] boost::json::object to_record_json(const Tenant& tenant);
/// Throws when the object was not made by to_record_json().
[[nodiscard]] Tenant read_tenant(const boost::json::object& object);

}  // namespace katydid::registry
