// Bodies that came compressed (Content-Encoding: gzip, RFC 9110 8.4.1.3, RFC 1952).
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/text/headers.hpp"

#include <string>
#include <string_view>

namespace katydid {

/// Whether a Content-Encoding is gzip; "x-gzip" is its old name (RFC 9110, section 8.4.1.3).
[[nodiscard]] bool is_gzip_coding(std::string_view coding) noexcept;
/// Whether the body is said to be gzip.
[[nodiscard]] bool is_gzipped(const Headers& headers) noexcept;

/// What `body` holds once it is uncompressed: gzip members, 64 at most, and nothing after them.
///
/// Never more than `bytes_max`, nor, beyond the first 64 KiB, than a hundred times the size of
/// `body`: what is compressed more tightly is a bomb rather than an event.
/// Errors: invalid_argument (no gzip, damaged, cut off, bytes after its end), over_limit.
[[nodiscard]] result<std::string> gunzip(std::string_view body, std::size_t bytes_max);

}  // namespace katydid
