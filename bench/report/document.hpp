// A whole run of the bench as one JSON document. report.py shows it.
#pragma once

#include "bench/scenario/result.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <utility>
#include <vector>

namespace katydid::bench {

using NamedResults = std::vector<std::pair<std::string, ScenarioResult>>;

/// \param about  what the caller knows: commit, date, target; copied into the document
boost::json::object make_document(const NamedResults& results, const Floor& floor,
                                  boost::json::object about);

}  // namespace katydid::bench
