// Reads request heads, strictly: which are let in, and which answer the others get. RFC 9112,
// without its leniencies.
#pragma once

#include "hub/core/text/headers.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace katydid::http {

/// Looks for the empty line that ends a head, in bytes that arrive bit by bit.
///
/// Pure. A line feed without its carriage return is reported at once, because a peer that
/// writes such lines would wait for ever for an answer.
class HeadScanner {
public:
    enum class State { incomplete, complete, bare_line_feed };

    /// \param bytes  everything read so far, from the first byte of the head on
    State scan(std::string_view bytes) noexcept;
    /// Bytes of the head with its empty line, once complete.
    [[nodiscard]] std::size_t head_bytes() const noexcept { return line_begin_; }
    void reset() noexcept
    {
        line_begin_ = 0;
        scanned_ = 0;
    }

private:
    std::size_t line_begin_ = 0;  ///< of the line that is not complete yet
    std::size_t scanned_ = 0;
};

constexpr std::size_t request_head_bytes_max = 16 * 1024;
constexpr std::size_t request_target_bytes_max = 8 * 1024;
constexpr std::size_t request_fields_max = 100;

/// What the gate learned. The views point into the head.
struct HeadFacts {
    std::string_view method;
    std::string_view target;  ///< as received, of the absolute form the part after the authority
    std::string_view path;    ///< without scheme, authority and query; "*" for OPTIONS *
    std::string_view query;
    std::string_view host;             ///< without the port; empty when HTTP/1.0 sent none
    std::uint64_t content_length = 0;  ///< 0 too where no framing is given: RFC 9112, section 6.3
    bool has_content_length = false;
    bool chunked = false;
    bool http11 = true;
    bool keep_alive = true;
    bool expect_continue = false;
    bool content_coded = false;  ///< Content-Encoding other than identity
};

/// Status 0: let in. Else the status to answer with, and why; the connection ends after it.
struct HeadVerdict {
    unsigned status = 0;
    std::string_view why;
};

/// Judges a complete head, from the request line to the empty line.
/// \param fields  gets every header field, until one is refused, instead of what it held
HeadVerdict check_head(std::string_view head, HeadFacts& facts, Headers& fields);

/// Judges a head that has not ended yet: whether reading on makes sense.
HeadVerdict check_partial_head(std::string_view bytes) noexcept;

}  // namespace katydid::http
