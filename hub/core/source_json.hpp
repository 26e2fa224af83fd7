// A source as JSON.
#pragma once

#include "hub/core/json/fault.hpp"
#include "hub/core/source.hpp"

#include <boost/json/object.hpp>

#include <string_view>
#include <vector>

namespace katydid {

constexpr milliseconds tolerance_max = std::chrono::hours{24 * 7};

/// Every setting, null where nothing is chosen.
[[nodiscard]] boost::json::object to_json(const SourceSettings& settings);
/// Fills the settings that are there and leaves the others; null takes one away. The object fits
/// the schema NewSource (hub/input/schemas), or was made by to_json().
void from_json(const boost::json::object& object, SourceSettings& into, std::vector<Fault>& faults);
/// Tenant, id and version are kept beside it.
[[nodiscard]] boost::json::object to_json(const Source& source);
void from_json(const boost::json::object& object, Source& into, std::vector<Fault>& faults);

[[nodiscard]] std::string_view to_text(Unsigned choice) noexcept;

}  // namespace katydid
