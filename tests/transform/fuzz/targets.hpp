// What the fuzzer calls; the tests run it over its corpus.
#pragma once

#include <string_view>

namespace katydid::transform::fuzz {

/// Both directions of the wire: the hub reads what a worker says, the worker what the hub says.
void read_any_frame(std::string_view bytes);

}  // namespace katydid::transform::fuzz
