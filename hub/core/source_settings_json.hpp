// The settings of a source as JSON.
#pragma once

#include "hub/core/json/fault.hpp"
#include "hub/core/source_settings.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace katydid {

constexpr milliseconds tolerance_max = std::chrono::hours{24 * 7};

/// Every setting, null where nothing is chosen.
[[nodiscard]] boost::json::object to_json(const SourceSettings& settings);
/// Fills the settings that are there and leaves the others; null takes one away. The object fits
/// the schema NewSource (hub/api/schemas), or was made by to_json().
void from_json(const boost::json::object& object, SourceSettings& into, std::vector<Fault>& faults);
[[nodiscard]] std::string to_text(const SourceSettings& settings);
/// \param text  as to_text() wrote it; what is not in it is left at its default
[[nodiscard]] SourceSettings read_source_settings(std::string_view text);

[[nodiscard]] std::string_view to_text(Unsigned choice) noexcept;

}  // namespace katydid
