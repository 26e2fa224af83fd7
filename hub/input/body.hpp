// A JSON body, read strictly: every fault with its pointer.
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/json/fault.hpp"
#include "hub/http/message/message.hpp"

#include <boost/json.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::input {

/// Written instead of a value that is not shown; a header with this value keeps the one it has.
constexpr std::string_view hidden_value = "(hidden)";

/// 422 with `errors[] {pointer, detail}` (RFC 9457).
[[nodiscard]] http::Response faults_response(const std::vector<Fault>& faults);

/// Why a strict parser does not take the text: "is not valid JSON: …", or what it is that the API
/// does not take though it is JSON (depth, half a surrogate pair, a byte order mark).
[[nodiscard]] std::string json_fault(std::string_view text, const boost::json::error_code& error);

/// A JSON object, strictly. Faults: not an object, a duplicate member (not looked for inside the
/// top-level member `opaque`). Errors: invalid_argument, "is not valid JSON: …".
[[nodiscard]] result<boost::json::value>
parse_object(std::string_view text, std::vector<Fault>& faults, std::string_view opaque = {});

/// What no schema can say, of an object whose members all fit; some may be missing.
using FindFaults = std::function<void(const boost::json::object&, std::vector<Fault>&)>;

/// The body as an object that fits the schema. nullopt: `response` says why not (400 not JSON, 422
/// another one, with what `find_more` finds in the members that fit).
[[nodiscard]] std::optional<boost::json::value>
read_body(std::string_view body, std::string_view schema, http::Response& response,
          const FindFaults& find_more = {});

}  // namespace katydid::input
