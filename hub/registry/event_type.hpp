// A type of the tenant's catalog, with the schema that its events' data must fit.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/id.hpp"
#include "hub/schema/json_schema.hpp"

#include <memory>
#include <string>

namespace katydid::registry {

struct EventType {
    TenantId tenant;
    std::string name;                ///< "order.created", unique within the tenant
    std::string description;         ///< for people
    std::string schema_text;         ///< JSON Schema draft 7; empty: any data
    schema::JsonSchemaPtr schema{};  ///< of the text; null: any data, or it cannot be enforced
    std::uint64_t version = 1;
    Timestamp created_at{};
    Timestamp updated_at{};
};

using EventTypePtr = std::shared_ptr<const EventType>;

}  // namespace katydid::registry
