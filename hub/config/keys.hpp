// The table of settings: one row drives the file, the environment, the flags, `katydid init` and
// the reference page.
#pragma once

#include "hub/config/settings.hpp"
#include "hub/core/error.hpp"

#include <span>
#include <string_view>

namespace katydid::config {

/// A value as text, to show: the default, or an example where there is none.
struct Shown {
    // Implicit: most rows of the table have just the text.
    constexpr Shown(const char* value, bool default_ = true) : text{value}, is_default{default_} {}
    std::string_view text;
    bool is_default;
};
constexpr Shown unset(const char* example) { return {example, false}; }

struct KeySpec {
    std::string_view key;       ///< in katydid.toml: "log.level"
    std::string_view variable;  ///< in the environment: "KATYDID_LOG_LEVEL"
    std::string_view flag;      ///< on the command line: "--log-level"; empty: none
    Shown shown;
    std::string_view help;  ///< one sentence
    /// Reads the text into the settings. Errors say what is expected.
    result<void> (*set)(Settings& settings, std::string_view text);
};

/// Every key that has one value. `[[sources]]` and `[[subscriptions]]` are tables of their own.
std::span<const KeySpec> keys();

/// Null: there is none of that name in the file.
const KeySpec* find_key(std::string_view key);

}  // namespace katydid::config
