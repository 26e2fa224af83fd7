// The bytes in front of a response's body.
#pragma once

#include "hub/http/message/message.hpp"

#include <ctime>
#include <string>
#include <string_view>

namespace katydid::http {

/// The Date field's value, formatted once per second. Thread safety: none.
class DateText {
public:
    [[nodiscard]] std::string_view now();

private:
    std::time_t second_ = -1;
    std::string text_;
};

struct ResponseHeadOptions {
    bool keep_alive = true;
    bool http11 = true;  ///< the request's version: HTTP/1.0 must be told that we keep alive
    std::string_view date;
};

/// Whether a response of that status has neither body nor Content-Length (RFC 9110, 8.6).
constexpr bool is_bodiless(unsigned status) noexcept
{
    return status < 200 || status == 204 || status == 304;
}

/// Writes status line and fields into `out`. False, with `out` empty, when a field of the
/// response is unsafe or one that the server writes itself.
[[nodiscard]] bool write_response_head(std::string& out, const Response& response,
                                       const ResponseHeadOptions& options);

}  // namespace katydid::http
