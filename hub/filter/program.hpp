// A filter, compiled: what is looked at, and what must hold there.
#pragma once

#include "hub/filter/scalar.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace katydid::filter {

enum class Op : std::uint8_t {
    all,   ///< every step below holds
    any,   ///< one of them does
    none,  ///< none of them does
    some,  ///< at an array: they all hold for one and the same element; else as all
    at,    ///< go to a member, they all hold there
    exists,
    equals,
    greater,
    at_least,
    less,
    at_most,
    starts_with,
    ends_with,
    contains,
};

/// One step. Steps stand in one row, each followed by those below it, up to `end`.
struct Step {
    Op op = Op::all;
    std::uint32_t end = 0;         ///< index after the last step below this one
    std::uint32_t path = 0;        ///< at: where this is in the document, once bound to Paths
    std::uint32_t keys_first = 0;  ///< at: the names on the way there from the enclosing `at`
    std::uint32_t keys_count = 0;
    Scalar operand{};
};

/// All steps hold together. Immutable once bound.
struct Program {
    std::vector<Step> steps;
    std::vector<std::string> keys;
};

}  // namespace katydid::filter
