// What a caller wants written: validated, filtered, named. Pure.
#pragma once

#include "handlers/privacy/privacy_table.hpp"
#include "hub/bridge/calls.hpp"
#include "hub/http/message/message.hpp"
#include "hub/schema/json_schema.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace katydid::bridge {

/// A body that may be stored.
struct WriteBody {
    std::string payload;  ///< as it came, unless the privacy table took something out
    std::string key;      ///< for the order at ATLVS
    std::string subject;  ///< whose data it is; empty: no person's
    std::string natural;  ///< names what is written, within the call
    std::string hash;     ///< of the payload's content, whatever its spelling
};

/// What is wrong with a body: its schema (handlers/grasshopper/schemas), and the order of its
/// times. The sentences never repeat a value, which may be personal.
[[nodiscard]] std::vector<Fault> faults_of(const WriteCall& call, const boost::json::value& body);

/// Reads a body: the answer is a 400 that says everything that is wrong.
/// \param body  as it came
[[nodiscard]] std::variant<boost::json::value, http::Response> validate_body(const WriteCall& call,
                                                                             std::string_view body);

/// Of a validated body.
/// \param path_id  the id in the path, for calls that have one
[[nodiscard]] WriteBody make_write_body(const WriteCall& call, std::string_view body,
                                        std::string_view path_id,
                                        const privacy::PrivacyTable& privacy, bool opted_out);

/// 400 `{"error": "…", "errors": [{"pointer", "detail"}]}`.
[[nodiscard]] http::Response refusal(const std::vector<Fault>& faults);

}  // namespace katydid::bridge
