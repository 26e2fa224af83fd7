// What people call a row: its id or its name.
#pragma once

#include "hub/registry/tables.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace katydid::registry {

// Everything that takes an id takes the name as well: paths, queries, bodies, headers. A text that
// is no id, though it may look like one, is a name. No row has an id for a name (id_name_fault).
// Null: the tenant has none of that id or name.

[[nodiscard]] TenantPtr named_tenant(const Tables& tables, std::string_view id_or_name);
[[nodiscard]] SourceEntryPtr named_source(const Tables& tables, TenantId tenant,
                                          std::string_view id_or_name);
[[nodiscard]] SubscriptionPtr named_subscription(const Tables& tables, TenantId tenant,
                                                 std::string_view id_or_name);

/// Why a new row cannot have this name: nobody could call it by it. Empty: it can.
template <class IdType>
[[nodiscard]] std::string id_name_fault(std::string_view name)
{
    return IdType::parse(name) ? "has the form of an id: choose a name for people" : "";
}

}  // namespace katydid::registry
