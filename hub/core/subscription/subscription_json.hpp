// A subscription as JSON: in the store, in the API, in the settings.
#pragma once

#include "hub/core/json/fault.hpp"
#include "hub/core/subscription/subscription.hpp"

#include <boost/json/object.hpp>

#include <vector>

namespace katydid {

/// Every field, as the API shows it; the values of headers too.
[[nodiscard]] boost::json::object to_json(const Subscription& subscription);

/// Fills the fields that are there and leaves the others; null takes a field away. The object fits
/// the schema NewSubscription (hub/input/schemas), or was made by to_json(); what a schema cannot
/// say of a value is a fault.
void from_json(const boost::json::object& object, Subscription& into, std::vector<Fault>& faults);

}  // namespace katydid
