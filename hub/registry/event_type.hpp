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
    std::uint64_t version = 1;
    Timestamp created_at{};
    Timestamp updated_at{};
};

using EventTypePtr = std::shared_ptr<const EventType>;

/// How it lies in the store: one record of the kind "event_type" under its name.
constexpr const char* event_type_kind = "event_type";
[[nodiscard]] store::Record to_record(const EventType& type);
/// Compiles the schema too. Errors: corrupt.
[[nodiscard]] result<EventType> read_event_type(const store::Record& record);

}  // namespace katydid::registry
