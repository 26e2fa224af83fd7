// JSON text as a document, for those who look into events.
#pragma once

#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>

#include <string_view>

namespace katydid::json_text {

/// As boost::json::parse, and where only a strict parser refuses the text (a byte order mark, half
/// a surrogate pair, deep nesting) the document that is left without it (repaired(), 32 levels).
[[nodiscard]] boost::json::value parse(std::string_view text, boost::system::error_code& error,
                                       boost::json::storage_ptr memory = {});

}  // namespace katydid::json_text
