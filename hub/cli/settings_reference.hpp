// docs/settings.md, written from the table of settings.
#pragma once

#include <string>

namespace katydid::cli {

/// Every key with its variable, flag, default or example, and meaning. Pure.
[[nodiscard]] std::string settings_reference();

}  // namespace katydid::cli
