// An alert in words, and as the event that carries it.
#pragma once

#include "hub/alerts/incidents.hpp"

#include <boost/json/object.hpp>

namespace katydid::alerts {

constexpr std::string_view event_type = "katydid.alert";

/// `{"alert", "state": "open" | "over", "title", "text", "link", "subscription": {"id", "name"},
/// "type", "reason", "count", "at"}`.
/// \param number       of the alert in the settings, from 1
/// \param console_url  where people reach the console; empty: there is no link
[[nodiscard]] boost::json::object describe(const Message& message, std::size_t number,
                                           const std::string& console_url);

/// The sender's id of that event: the same for the same message, also from another hub.
/// \param number  of the alert in the settings, from 1
[[nodiscard]] std::string id_of(const Message& message, std::size_t number);

/// The transform of a Slack subscription: JavaScript that makes a message of that event.
extern const std::string_view slack_code;

}  // namespace katydid::alerts
