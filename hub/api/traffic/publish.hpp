// What is published: one event or many, in JSON, NDJSON or CloudEvents.
#pragma once

#include "hub/input/body.hpp"
#include "hub/core/event.hpp"
#include "hub/http/message/message.hpp"

#include <optional>
#include <vector>

namespace katydid::api {

class Routes;

constexpr std::size_t publish_events_max = 1'000;  ///< of one call

struct Published {
    std::vector<Event> events;  ///< without tenant; a missing id is an empty external_id
    bool is_many = false;       ///< the answer is a list
};

/// Reads the body by its media type. Bytes of `data` stay as they are. nullopt: `response` refuses
/// it, with a pointer for every fault ("/3/type" within a list or the fourth line). Pure.
[[nodiscard]] std::optional<Published> read_published(const http::Request& request,
                                                      http::Response& response);

/// The JSON object of one event. \param pointer  of the object, for the faults
[[nodiscard]] std::optional<boost::json::value>
parse_event(std::string_view text, const std::string& pointer, std::vector<Fault>& faults);
/// One event as CloudEvents 1.0 in structured mode.
[[nodiscard]] std::optional<Event>
read_cloud_event(std::string_view text, const std::string& pointer, std::vector<Fault>& faults);
/// One event in binary mode: attributes in ce-… headers, data in the body.
[[nodiscard]] std::optional<Event> read_binary_cloud_event(const http::Request& request,
                                                           std::vector<Fault>& faults);

/// The faults of a type that cannot be published. Empty: it can.
[[nodiscard]] std::string type_fault(std::string_view type);

void add_publish_route(Routes& routes);

}  // namespace katydid::api
