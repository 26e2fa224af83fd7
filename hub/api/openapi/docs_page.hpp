// The page that shows /openapi.json to people.
#pragma once

#include <span>
#include <string_view>

namespace katydid::api {

/// What a browser loads for the page: with the renderer that the build took from the npm
/// registry, or as a plain page where it could not (page/renderer.cmake).
struct DocsFile {
    std::string_view path;  ///< "/docs" is the page itself
    std::string_view content_type;
    std::string_view bytes;
    std::string_view tag{};  ///< ETag; empty: none. The bytes are gzip then, for every client.
};

[[nodiscard]] std::span<const DocsFile> docs_files();
/// The Content-Security-Policy: this host's scripts and document, and nothing else.
[[nodiscard]] std::string_view docs_policy() noexcept;

}  // namespace katydid::api
