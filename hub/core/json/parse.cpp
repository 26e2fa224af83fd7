#include "hub/core/json/parse.hpp"

#include "hub/core/json/rewrite.hpp"
#include "hub/core/json/scan.hpp"

#include <boost/json/parse.hpp>

namespace katydid::json_text {

boost::json::value parse(std::string_view text, boost::system::error_code& error,
                         boost::json::storage_ptr memory)
{
    auto value = boost::json::parse(text, error, memory);
    if (!error || !is_json(text)) return value;
    constexpr std::size_t depth_max = 32;
    return boost::json::parse(repaired(text, depth_max), error, std::move(memory));
}

}  // namespace katydid::json_text
