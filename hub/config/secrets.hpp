// Secrets by reference: from a variable or a file, never from the settings themselves.
#pragma once

#include "hub/config/load.hpp"
#include "signing/keys/key_ring.hpp"

#include <optional>
#include <string_view>

namespace katydid::config {

/// What is said of a source's secret under signing::secret_bytes_min.
constexpr std::string_view guessable_secret
    = "the secret can be guessed: give at least 4 characters";

// Both without what signing::read_secret() takes away.

/// nullopt when the variable is not set. Errors: set, but empty.
result<std::optional<Secret>> secret_from_variable(const Environment& environment,
                                                   const std::string& name);

/// The file's content. Errors: unreadable or empty.
result<Secret> secret_from_file(const std::string& path);

}  // namespace katydid::config
