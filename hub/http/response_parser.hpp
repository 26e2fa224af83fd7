// Beast's incremental parser for answers, with bounds. No Beast in this header.
#pragma once

#include "hub/core/headers.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace katydid::http {

/// Parses one answer after the other from the bytes of a connection.
///
/// Interim answers (1xx) are skipped and counted, because Beast hands out a 100 as final.
/// Thread safety: none.
class ResponseParser {
public:
    struct Limits {
        std::size_t head_bytes_max = 16 * 1024;
        std::size_t body_bytes_max = 64 * 1024;
        unsigned interim_max = 8;
    };
    enum class Status {
        need_more,
        done,       ///< read whole
        truncated,  ///< the body is over its limit; the rest was not read
        malformed,  ///< see why()
    };

    ResponseParser();
    ~ResponseParser();
    ResponseParser(const ResponseParser&) = delete;
    ResponseParser& operator=(const ResponseParser&) = delete;

    /// Begins the answers to one request.
    void begin(const Limits& limits, bool answers_head);

    /// Takes bytes; how many were consumed is added to `consumed`.
    Status put(std::string_view bytes, std::size_t& consumed);
    /// The peer closed its side.
    Status put_eof();

    [[nodiscard]] bool is_head_done() const noexcept;  ///< of the final answer
    [[nodiscard]] bool is_keep_alive() const noexcept;
    [[nodiscard]] unsigned status_code() const noexcept;
    [[nodiscard]] Headers& headers() noexcept;
    [[nodiscard]] std::string& body() noexcept;
    [[nodiscard]] const std::string& why() const noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace katydid::http
