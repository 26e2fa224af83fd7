#include "hub/core/json/parse.hpp"

#include "hub/core/json/rewrite.hpp"
#include "hub/core/json/scan.hpp"

#include <boost/json/parse.hpp>

namespace katydid::json_text {

boost::json::value parse(std::string_view text, boost::system::error_code& error,
                         boost::json::storage_ptr memory)
{
    boost::json::parse_options options;
    options.max_depth = depth_max;
    auto value = boost::json::parse(text, error, memory, options);
    if (!error || error == boost::json::error::too_deep || !is_json(text)) return value;
    return boost::json::parse(repaired(text), error, std::move(memory), options);
}

}  // namespace katydid::json_text
