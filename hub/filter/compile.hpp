// Reads a filter as people write it.
#pragma once

#include "hub/core/json/fault.hpp"
#include "hub/filter/program.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <vector>

namespace katydid::filter {

/// Compiles a filter; docs/api.md, *Filters*, says what each part means:
///
///     {"payload": {"status": "paid", "total": {"$gte": 100}}, "headers": {"x-shop": "berlin"}}
///
/// Nothing is accepted that could not match as it reads: unknown operators, operands of the wrong
/// kind, empty objects and lists as literals are faults. Size and depth are bounded.
/// nullopt: `faults` says why, with pointers from the filter on.
[[nodiscard]] std::optional<Program> compile(const boost::json::value& filter,
                                             std::vector<Fault>& faults);

constexpr std::size_t filter_bytes_max = 16 * 1024;  ///< as JSON text; checked by who parses it

}  // namespace katydid::filter
