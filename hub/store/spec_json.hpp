// Sources as JSON. For subscriptions see hub/core/subscription_json.hpp.
#pragma once

#include "hub/core/json/fault.hpp"
#include "hub/store/records.hpp"

#include <boost/json/object.hpp>

#include <vector>

namespace katydid::store {

/// Tenant, id and version of a source are kept beside its JSON.
[[nodiscard]] boost::json::object to_json(const Source& source);
void from_json(const boost::json::object& object, Source& into, std::vector<Fault>& faults);

}  // namespace katydid::store
