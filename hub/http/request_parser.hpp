// Beast's incremental parser, writing straight into our Request. No Beast in this header.
#pragma once

#include "hub/http/message.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace katydid::http {

/// Parses one request after the other. It runs behind the framing gate: what both accept is let in.
///
/// Fields go into the request as they are parsed, and only those of the head: trailers are
/// counted and dropped. Chunk sizes, extensions and trailers are bounded.
/// Thread safety: none.
class RequestParser {
public:
    static constexpr std::size_t chunk_extension_bytes_max = 256;
    static constexpr std::size_t chunk_size_digits_max = 16;
    static constexpr std::size_t trailer_bytes_max = 8 * 1024;

    enum class Status { need_more, head_done, done, too_large, malformed };
    struct Progress {
        Status status = Status::need_more;
        std::size_t consumed = 0;
    };

    RequestParser();
    ~RequestParser();
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    /// Begins a request. Parses the complete head; `head_done` or `done` when all is well.
    /// \param into  filled with fields and body; outlives the parsing
    Progress start(Request& into, std::string_view head, std::uint64_t body_bytes_max);

    /// Parses bytes of the body.
    Progress put(std::string_view bytes);

    /// What was wrong, for a person.
    [[nodiscard]] std::string why() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace katydid::http
