// Secrets by reference: from a variable or a file, never from the settings themselves.
#pragma once

#include "hub/config/load.hpp"
#include "signing/key_ring.hpp"

#include <optional>

namespace katydid::config {

// Both without what signing::read_secret() takes away.

/// nullopt when the variable is not set. Errors: set, but empty.
result<std::optional<signing::Secret>> secret_from_variable(const Environment& environment,
                                                            const std::string& name);

/// The file's content. Errors: unreadable or empty.
result<signing::Secret> secret_from_file(const std::string& path);

}  // namespace katydid::config
