// A whole run of the bench as one JSON document, and two of them compared.
#pragma once

#include "bench/scenario/result.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace katydid::bench {

using NamedResults = std::vector<std::pair<std::string, ScenarioResult>>;

/// \param about  what the caller knows: commit, date, target; copied into the document
boost::json::object make_document(const NamedResults& results, const Floor& floor,
                                  boost::json::object about);

/// A table, figure by figure: value, goal, verdict.
std::string show_figures(const boost::json::object& document);

/// A table, pair by pair: before, after, change; a change for the worse over `tolerance` is marked.
/// Figures that only one document has are listed as such.
std::string compare(const boost::json::object& before, const boost::json::object& after,
                    double tolerance = 0.1);

boost::json::object read_document(const std::string& path);  ///< throws std::runtime_error

}  // namespace katydid::bench
