// What every language's result has to keep to.
#pragma once

#include "hub/transform/program.hpp"

#include <string>

namespace katydid::transform::worker {

[[nodiscard]] Fault result_fault(std::string message);
[[nodiscard]] Fault too_large();
[[nodiscard]] Fault too_many_headers();
/// Notes a member of the result that it cannot use. `event`, which a program is given, comes back
/// where it returns its argument changed, and is no mistake. False: that is enough of them.
bool note_member(Output& output, std::string_view name);
/// Throws a Fault where the output is over a limit or has a header that no wire takes.
void require_sendable(const Output& output);
/// At most message_bytes_max bytes, cut between characters.
[[nodiscard]] std::string cut_message(std::string message,
                                      std::size_t bytes_max = message_bytes_max);

}  // namespace katydid::transform::worker
