// A type of the tenant's catalog, with the schema that its events' data must fit.
#pragma once

#include "hub/schema/json_schema.hpp"
#include "hub/store/store.hpp"

#include <memory>
#include <string>

namespace katydid::registry {

struct EventType {
    TenantId tenant;
    std::string name;                ///< "order.created", unique within the tenant
    std::string description;         ///< for people
    std::string schema_text;         ///< JSON Schema draft 7; empty: any data
    schema::JsonSchemaPtr schema{};  ///< of the text; null: any data
    std::string schema_fault{};      ///< why a stored text is not enforced; then `schema` is null
    std::uint64_t version = 1;
    Timestamp created_at{};
    Timestamp updated_at{};
};

using EventTypePtr = std::shared_ptr<const EventType>;

/// How it lies in the store: one record of the kind "event_type" under its name.
constexpr const char* event_type_kind = "event_type";
[[nodiscard]] store::Record to_record(const EventType& type);
/// Compiles the schema too, where the budget allows it: else, or when it cannot be enforced, the
/// type comes without one and says why. Errors: corrupt.
/// \param work  what the schemas of the tenant may cost together
[[nodiscard]] result<EventType> read_event_type(const store::Record& record, WorkBudget& work);

}  // namespace katydid::registry
