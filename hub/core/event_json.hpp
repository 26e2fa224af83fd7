// What is told of an event beside its payload.
#pragma once

#include "hub/core/event.hpp"

#include <boost/json/object.hpp>

namespace katydid {

/// `{"id", "type", "source", "subject", "key", "external_id", "occurred_at"}`, null where nothing
/// is known: as consumers and transforms get it.
[[nodiscard]] boost::json::object describe(const Event& event);

}  // namespace katydid
