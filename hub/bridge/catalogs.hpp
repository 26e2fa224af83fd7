// The platforms' event types in the tenant's own catalog (/v1/event-types).
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/registry/registry.hpp"

#include <map>
#include <string>
#include <vector>

namespace katydid::bridge {

/// The types of handlers/*/catalog.json with their schemas, by name. A type that both platforms
/// send takes what either of them does. The tenant is the default one.
[[nodiscard]] std::vector<registry::EventType> catalog_types();

/// What was put into the catalog before: a type's name, and the hash of its schema then.
using Offered = std::map<std::string, std::string, std::less<>>;

/// Which of `types` are to be put: new ones, and those that a newer hub describes differently. A
/// type that the tenant made, changed or removed stays as the tenant has it. Pure.
/// \param known    the tenant's catalog as it is
/// \param offered  brought up to date
[[nodiscard]] std::vector<registry::EventType>
types_to_put(std::vector<registry::EventType> types,
             const std::vector<registry::EventTypePtr>& known, Offered& offered);

/// Puts them; doing it again changes nothing. Errors: those of the store.
/// Everything outlives the call. Before events come in, or on the loop of the tables.
awaitable<result<void>> offer_catalogs(store::Records& store, registry::Registry& registry,
                                       const registry::Tables& tables);

}  // namespace katydid::bridge
