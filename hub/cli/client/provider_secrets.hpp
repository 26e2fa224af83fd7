// Providers that make the secret themselves.
#pragma once

#include <string_view>

namespace katydid::cli {

/// Whether the provider of that scheme makes the secret and shows it: one that the hub makes would
/// verify nothing.
[[nodiscard]] bool is_provider_made(std::string_view scheme);

}  // namespace katydid::cli
