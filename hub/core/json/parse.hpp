// JSON text as a document, for those who look into events.
#pragma once

#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace katydid::json_text {

/// Those who look into a document go down by recursion.
constexpr std::size_t depth_max = 256;

/// As boost::json::parse, and where only a strict parser refuses the text (a byte order mark, half
/// a surrogate pair) the document that is left without it (repaired()).
/// Error boost::json::error::too_deep: JSON of more than `depth_max` levels.
[[nodiscard]] boost::json::value parse(std::string_view text, boost::system::error_code& error,
                                       boost::json::storage_ptr memory = {});

/// The document, or null when the text is not JSON.
[[nodiscard]] boost::json::value parse_or_null(std::string_view text);
/// The text of a member; empty when it has none.
[[nodiscard]] std::string text_at(const boost::json::object& object, std::string_view name);

}  // namespace katydid::json_text
