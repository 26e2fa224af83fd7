#include "hub/http/server/response_head.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace katydid::http {
namespace {

void append_number(std::string& out, std::size_t number)
{
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void append_field(std::string& out, std::string_view name, std::string_view value)
{
    out.append(name).append(": ").append(value).append("\r\n");
}

bool is_ours(std::string_view name) noexcept
{
    return equal_names(name, "content-length") || equal_names(name, "transfer-encoding")
           || equal_names(name, "connection") || equal_names(name, "content-type")
           || equal_names(name, "date");
}

}  // namespace

std::string_view DateText::now()
{
    const std::time_t second = std::time(nullptr);
    if (second == second_) return text_;
    second_ = second;
    std::tm parts{};
    gmtime_r(&second, &parts);
    constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::array<char, 80> text{};
    const int length = std::snprintf(
        text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
        days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
        months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900, parts.tm_hour,
        parts.tm_min, parts.tm_sec);
    text_.assign(text.data(), static_cast<std::size_t>(length));
    return text_;
}

bool write_response_head(std::string& out, const Response& response,
                         const ResponseHeadOptions& options)
{
    out.clear();
    if (response.status < 200 || response.status > 599) return false;
    const std::string_view content_type = response.content_type;
    if (!is_header_safe("content-type", content_type)) return false;
    out.append("HTTP/1.1 ");
    append_number(out, response.status);
    out.append(" ").append(reason_phrase(response.status)).append("\r\n");
    append_field(out, "Date", options.date);
    if (!is_bodiless(response.status)) {
        if (!content_type.empty()) append_field(out, "Content-Type", content_type);
        out.append("Content-Length: ");
        append_number(out, response.body.size());
        out.append("\r\n");
    }
    for (const auto& header : response.headers) {
        if (!is_header_safe(header.name, header.value) || is_ours(header.name)) {
            out.clear();
            return false;
        }
        append_field(out, header.name, header.value);
    }
    if (!options.keep_alive) out.append("Connection: close\r\n");
    else if (!options.http11) out.append("Connection: keep-alive\r\n");
    out.append("\r\n");
    return true;
}

}  // namespace katydid::http
