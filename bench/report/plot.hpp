// A result's plots as PNG files, through gnuplot.
#pragma once

#include <boost/json/object.hpp>

#include <string>

namespace katydid::bench {

/// Writes one PNG per phase with a timeline. Says so on standard error, and does nothing more,
/// when gnuplot is not installed.
void write_plots(const boost::json::object& document, const std::string& directory);

}  // namespace katydid::bench
