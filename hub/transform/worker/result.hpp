// What every language's result has to keep to.
#pragma once

#include "hub/transform/program.hpp"

#include <string>

namespace katydid::transform::worker {

[[nodiscard]] Fault result_fault(std::string message);
[[nodiscard]] Fault too_large();
[[nodiscard]] Fault too_many_headers();
/// Throws a Fault where the output is over a limit or has a header that no wire takes.
void require_sendable(const Output& output);
/// At most message_bytes_max bytes, cut between characters.
[[nodiscard]] std::string cut_message(std::string message);

}  // namespace katydid::transform::worker
