// The kinds of rows that a declarative document describes.
#pragma once

#include "hub/core/json/fault.hpp"

#include <boost/json/object.hpp>

#include <array>
#include <vector>

namespace katydid::cli::declare {

/// One kind: its words in the document, and how the API has it.
struct Kind {
    const char* list;    ///< "event_types", as the document names its tables
    const char* noun;    ///< "event type"
    const char* path;    ///< "/v1/event-types"
    const char* schema;  ///< of a new one: "NewEventType"
    bool has_id;         ///< changed by PATCH below its id; else replaced by PUT below its name
};

inline constexpr Kind tenant_kind{"tenants", "tenant", "/v1/tenants", "NewTenant", true};
inline constexpr Kind event_type_kind{"event_types", "event type", "/v1/event-types",
                                      "NewEventType", false};
inline constexpr Kind scheme_kind{"schemes", "scheme", "/v1/schemes", "NewScheme", false};
inline constexpr Kind source_kind{"sources", "source", "/v1/sources", "NewSource", true};
inline constexpr Kind subscription_kind{"subscriptions", "subscription", "/v1/subscriptions",
                                        "NewSubscription", true};

/// Those that a tenant has, each after what it refers to.
inline constexpr std::array<const Kind*, 4> kinds_of_tenant{&event_type_kind, &scheme_kind,
                                                            &source_kind, &subscription_kind};

/// What the hub would show of a row made of that body: every member that a person decides about,
/// with its default where the body does not have it. So a wish and a row are compared member by
/// member, in the words of the hub.
/// \param body    fits the schema of the kind
/// \param faults  what the schema cannot say
[[nodiscard]] boost::json::object shown_of_body(const Kind& kind, const boost::json::object& body,
                                                std::vector<Fault>& faults);

/// What the hub would show of a row of which nothing is said.
[[nodiscard]] boost::json::object shown_by_default(const Kind& kind);

/// The same members of a row that the API showed.
[[nodiscard]] boost::json::object shown_of_row(const Kind& kind, const boost::json::object& row);

}  // namespace katydid::cli::declare
