// The page that shows /openapi.json to people.
#pragma once

#include <string_view>

namespace katydid::api {

/// HTML that needs nothing but /openapi.json from the same host.
[[nodiscard]] std::string_view docs_page() noexcept;
/// Its Content-Security-Policy: what is in the page itself, and the document, and nothing else.
[[nodiscard]] std::string_view docs_policy() noexcept;

}  // namespace katydid::api
