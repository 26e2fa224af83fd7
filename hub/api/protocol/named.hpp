// Rows that a call names, by id or name: in its path, its query and its body.
#pragma once

#include "hub/api/protocol/route.hpp"
#include "hub/registry/named.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace katydid::api {

/// The row that "{id}" of the path names, or null with a 404.
[[nodiscard]] SubscriptionPtr subscription_in_path(const Context& context, const Caller& caller,
                                                   const http::Request& request,
                                                   http::Response& response);
[[nodiscard]] registry::SourceEntryPtr source_in_path(const Context& context, const Caller& caller,
                                                      const http::Request& request,
                                                      http::Response& response);

/// What a filter means. A name is one of a row that is there; the id may be of one that is gone.
/// nullopt: neither.
[[nodiscard]] std::optional<SubscriptionId> subscription_id(const Context& context, TenantId tenant,
                                                            std::string_view id_or_name);
[[nodiscard]] std::optional<SourceId> source_id(const Context& context, TenantId tenant,
                                                std::string_view id_or_name);

/// The sentence for a text that is neither. \param noun  "subscription"
[[nodiscard]] std::string unnamed(std::string_view noun);

/// `subscription` of the query. False with `response` set when it names none.
[[nodiscard]] bool read_subscription(const Context& context, const Caller& caller,
                                     const http::Request& request,
                                     std::optional<SubscriptionId>& id, http::Response& response);
/// `source` of the query, likewise.
[[nodiscard]] bool read_source(const Context& context, const Caller& caller,
                               const http::Request& request, std::optional<SourceId>& id,
                               http::Response& response);
/// `subscription` of a body: a fault when it names none.
void read_subscription(const Context& context, const Caller& caller,
                       const boost::json::object& body, std::optional<SubscriptionId>& id,
                       std::vector<Fault>& faults);

/// A parameter of the query that names a row. \param noun  "subscription"
[[nodiscard]] Parameter named_parameter(std::string_view noun);

}  // namespace katydid::api
