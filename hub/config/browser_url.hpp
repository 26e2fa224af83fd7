// URLs that browsers are sent to.
#pragma once

#include <string>
#include <string_view>

namespace katydid::config {

/// What is wrong with a URL that people's browsers are sent to, as a sentence; empty: nothing. It
/// is https, or http on the browser's own machine, with a path and no query or fragment.
[[nodiscard]] std::string browser_url_fault(std::string_view url);

}  // namespace katydid::config
