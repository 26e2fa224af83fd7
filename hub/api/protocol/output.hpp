// How the API writes things: one function a noun.
#pragma once

#include "hub/core/delivery.hpp"
#include "hub/core/subscription/subscription_ptr.hpp"
#include "hub/core/subscription/subscription_state.hpp"
#include "hub/http/message/message.hpp"
#include "hub/store/store.hpp"

#include <boost/json.hpp>

namespace katydid::api {

/// As katydid::to_json(), with the values of the handler's headers hidden.
[[nodiscard]] boost::json::object shown(const Subscription& subscription);
[[nodiscard]] boost::json::object to_json(const SubscriptionState& state);
[[nodiscard]] boost::json::object to_json(const store::EventRow& row);
[[nodiscard]] boost::json::object to_json(const Delivery& delivery);
[[nodiscard]] boost::json::object to_json(const Attempt& attempt);
[[nodiscard]] boost::json::value to_json(const AttemptTiming& timing);

/// `{"data": […], "cursor": "…" | null}`: the cursor is null on the last page.
[[nodiscard]] http::Response page(boost::json::array rows, const std::string& cursor);

/// null for a row that settings made, or that is always there: its times are not known.
[[nodiscard]] boost::json::value time_or_null(Timestamp time);

/// Any bytes as JSON text: what is not UTF-8 becomes U+FFFD.
[[nodiscard]] boost::json::string safe_text(std::string_view bytes);

[[nodiscard]] http::Response object_response(unsigned status, const boost::json::object& object);

/// 404, 409, 503 … with the store's sentence.
[[nodiscard]] http::Response error_response(const Error& error);

}  // namespace katydid::api
