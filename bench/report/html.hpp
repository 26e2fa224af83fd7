// A result as one page that needs nothing else: tables and plots as inline SVG.
#pragma once

#include <boost/json/object.hpp>

#include <string>

namespace katydid::bench {

/// \param document  as make_document makes it
std::string make_html(const boost::json::object& document);

}  // namespace katydid::bench
