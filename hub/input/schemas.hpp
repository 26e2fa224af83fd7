// The schemas of the API: what /openapi.json publishes is what checks the bodies.
#pragma once

#include "hub/core/json/fault.hpp"

#include <boost/json.hpp>

#include <string_view>
#include <vector>

namespace katydid::input {

constexpr std::string_view schema_path = "#/components/schemas/";

/// Those of hub/input/schemas/*.json by name. A change may leave out what a new one needs: where
/// there is a "NewX", "ChangedX" is made of it, the same without `required`; an entry of that name
/// says which of its properties are different.
[[nodiscard]] const boost::json::object& schemas();

/// Holds a value against the schema of that name, which is compiled when it is first asked for. A
/// name that is not there or a schema that cannot be enforced is a bug: std::logic_error.
/// \param pointer  of the value, for the faults
/// \return whether it fits
/// Thread safety: safe.
bool check_schema(std::string_view name, const boost::json::value& value,
                  std::vector<Fault>& faults, std::string_view pointer = {});

/// The same; what does not fit is taken off the value, so that the rest of it can be read and held
/// against what no schema says.
bool take_what_fits(std::string_view name, boost::json::value& value, std::vector<Fault>& faults,
                    std::string_view pointer = {});

}  // namespace katydid::input
