// A tenant's program, as a subscription has it.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/subscription/language.hpp"

#include <string>
#include <string_view>

namespace katydid {

/// A program that shapes an event for its receiver, before the dialect and the signature
/// (docs/transforms.md).
struct Transform {
    Language language = Language::javascript;
    std::string code;          ///< empty: there is none
    milliseconds timeout{50};  ///< CPU time of a run
    friend bool operator==(const Transform&, const Transform&) = default;
};

std::string_view to_text(Language language) noexcept;

}  // namespace katydid
