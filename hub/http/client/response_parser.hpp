// Reads answers as other clients do: leniently, with bounds. RFC 9112.
#pragma once

#include "hub/core/text/headers.hpp"
#include "hub/http/message/chunk_reader.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace katydid::http {

/// Parses one answer after the other from the bytes of a connection.
///
/// Where the status can be read, the answer counts: a receiver that did its work must not get the
/// webhook again because of a blank in its header section. What makes it doubtful where the answer
/// ends (bare LF, a blank before a colon, a length beside chunks, …) ends the connection and
/// nothing else: is_keep_alive() is false. Fields that no one may forward are left out.
///
/// Interim answers (1xx) are skipped and counted. Pure. Thread safety: none.
class ResponseParser {
public:
    struct Limits {
        /// All interim answers included. Over it the status and the fields so far count.
        std::size_t head_bytes_max = 128 * 1024;
        std::size_t body_bytes_max = 64 * 1024;
    };
    enum class Status {
        need_more,
        done,       ///< read whole
        truncated,  ///< the rest of the body was not read: over its limit, or its end is unknown
        malformed,  ///< no status could be read; see why()
    };

    /// Begins the answers to one request.
    void begin(const Limits& limits, bool answers_head);

    /// Takes bytes; how many were consumed is added to `consumed`: all, unless the answer ended.
    Status put(std::string_view bytes, std::size_t& consumed);
    /// The connection ended. An answer whose status is known counts: see is_head_done().
    Status put_eof();

    [[nodiscard]] bool is_head_done() const noexcept { return part_ > Part::fields; }
    /// Whether the peer keeps the connection, and nothing about the answer was doubtful.
    [[nodiscard]] bool is_keep_alive() const noexcept { return keep_alive_ && !doubtful_; }
    [[nodiscard]] unsigned status_code() const noexcept { return status_; }
    [[nodiscard]] Headers& headers() noexcept { return headers_; }
    [[nodiscard]] std::string& body() noexcept { return body_; }
    [[nodiscard]] const std::string& why() const noexcept { return why_; }

private:
    enum class Part : std::uint8_t { status_line, fields, sized, chunked, until_end, unframed };

    Status put_head(std::string_view& bytes);
    Status put_body(std::string_view& bytes);
    Status put_chunks(std::string_view& bytes);
    Status end_large_head();
    Status take_line(std::string_view line);
    Status take_status_line(std::string_view line);
    void take_field(std::string_view line);
    void unfold(std::string_view line);
    Status end_head();
    Status end_interim();
    void frame_body();
    void frame_by_length();
    void keep(std::string_view bytes);
    [[nodiscard]] bool has_token(std::string_view name, std::string_view token) const;
    Status malformed(std::string why);
    Status truncated() noexcept;

    Limits limits_;
    bool answers_head_ = false;
    Part part_ = Part::status_line;
    unsigned interim_ = 0;
    unsigned status_ = 0;
    bool is_http11_ = false;
    bool keep_alive_ = false;
    bool doubtful_ = false;
    bool last_field_kept_ = false;
    std::size_t head_bytes_ = 0;
    std::string line_;        ///< of the head, as far as it came
    std::uint64_t left_ = 0;  ///< of a body with a length
    ChunkReader chunks_;
    Headers headers_;
    std::string body_;
    std::string why_;
};

}  // namespace katydid::http
