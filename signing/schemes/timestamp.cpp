#include "signing/schemes/timestamp.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace katydid::signing {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> day_names{"Sun", "Mon", "Tue", "Wed",
                                                    "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Seconds have at most 10 digits until 2286, milliseconds 13. With more, or with zeros in front,
/// a digit could move over the border between a time and what is signed beside it.
constexpr std::size_t second_digits = 10;
constexpr std::size_t millisecond_digits = 13;

std::optional<std::int64_t> parse_decimal(std::string_view text, std::size_t digits_max)
{
    if (text.empty() || text.size() > digits_max || (text.size() > 1 && text.front() == '0'))
        return std::nullopt;
    std::int64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

std::optional<Timestamp> parse_unix(std::string_view text, std::size_t digits_max,
                                    std::int64_t unit_ms)
{
    const auto value = parse_decimal(text, digits_max);
    if (!value) return std::nullopt;
    return Timestamp{milliseconds{*value * unit_ms}};
}

/// "Sun, 06 Nov 1994 08:49:37 GMT", by way of RFC 3339.
std::optional<Timestamp> parse_http_date(std::string_view text)
{
    if (text.size() != 29 || !text.ends_with(" GMT") || text.substr(3, 2) != ", ")
        return std::nullopt;
    for (std::size_t m = 0; m < month_names.size(); ++m) {
        if (text.substr(8, 3) != month_names[m]) continue;
        std::string iso{text.substr(12, 4)};
        iso += m < 9 ? "-0" : "-1";
        iso += static_cast<char>('0' + (m + 1) % 10);
        iso += '-';
        iso += text.substr(5, 2);
        iso += 'T';
        iso += text.substr(17, 8);
        iso += 'Z';
        return parse_rfc3339(iso);
    }
    return std::nullopt;
}

std::string format_http_date(Timestamp time)
{
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{floor<seconds>(time - day)};
    const auto weekday_index = weekday{day}.c_encoding();
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                                   day_names[weekday_index].data(), unsigned(date.day()),
                                   month_names[unsigned(date.month()) - 1].data(), int(date.year()),
                                   int(clock.hours().count()), int(clock.minutes().count()),
                                   int(clock.seconds().count()));
    return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::optional<Timestamp> parse_time(TimeFormat format, std::string_view text)
{
    switch (format) {
    case TimeFormat::unix_s: return parse_unix(text, second_digits, 1000);
    case TimeFormat::unix_ms: return parse_unix(text, millisecond_digits, 1);
    case TimeFormat::unix_any:
        if (text.size() == second_digits) return parse_unix(text, second_digits, 1000);
        if (text.size() == millisecond_digits) return parse_unix(text, millisecond_digits, 1);
        return std::nullopt;
    case TimeFormat::rfc3339: return parse_rfc3339(text);
    case TimeFormat::http_date: return parse_http_date(text);
    }
    return std::nullopt;
}

std::string format_time(TimeFormat format, Timestamp time)
{
    const auto count = time.time_since_epoch().count();
    switch (format) {
    case TimeFormat::unix_s:
    case TimeFormat::unix_any: return std::to_string(count / 1000);
    case TimeFormat::unix_ms: return std::to_string(count);
    case TimeFormat::rfc3339: return to_rfc3339(time);
    case TimeFormat::http_date: return format_http_date(time);
    }
    return {};
}

}  // namespace katydid::signing
