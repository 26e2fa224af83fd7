// Settings as the text in their row.
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/json/fault.hpp"
#include "hub/store/store.hpp"

#include <boost/json/object.hpp>

namespace katydid::store {

/// Tenant, id and version of a source are kept beside its JSON. For subscriptions see
/// hub/core/subscription_json.hpp.
[[nodiscard]] boost::json::object to_json(const Source& source);
void from_json(const boost::json::object& object, Source& into, std::vector<Fault>& faults);

// Tenant, id, name and version have columns of their own; the texts hold the rest.
std::string to_spec(const Subscription& subscription);
std::string to_spec(const Source& source);
/// Throws boost::system::system_error when the text was not written by `to_spec`.
void read_spec(std::string_view spec, Subscription& into);
void read_spec(std::string_view spec, Source& into);

std::string to_list_text(const std::vector<std::string>& words);
std::vector<std::string> read_list_text(std::string_view text);

}  // namespace katydid::store
