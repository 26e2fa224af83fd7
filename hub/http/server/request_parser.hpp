// Beast's incremental parser, writing straight into our Request. No Beast in this header.
#pragma once

#include "hub/http/message/message.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace katydid::http {

/// Parses one request after the other. It runs after the framing gate: what both accept is let in.
///
/// Beast parses the head and a body with a length, ChunkReader a chunked one. Fields go into the
/// request as they are parsed, and only those of the head: trailers are dropped.
/// Thread safety: none.
class RequestParser {
public:
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
