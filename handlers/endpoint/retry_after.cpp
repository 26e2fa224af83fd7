#include "handlers/endpoint/retry_after.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace katydid::handlers::endpoint {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t seconds_max = 10LL * 365 * 86'400;

std::optional<std::int64_t> number(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (text.empty() || !whole || text.front() == '-') return std::nullopt;
    return value;
}

/// Splits at spaces, dashes, colons and commas: all three forms become the same kind of parts.
std::vector<std::string_view> parts_of(std::string_view text)
{
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(" -:,"), text.size());
        if (end > 0) parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::optional<month> month_of(std::string_view name)
{
    const auto* const found = std::ranges::find(month_names, name);
    if (found == month_names.end()) return std::nullopt;
    return month{static_cast<unsigned>(found - month_names.begin() + 1)};
}

struct DateParts {
    std::string_view day, month, year, hour, minute, second;
};

std::optional<Timestamp> date_of(const DateParts& parts)
{
    const auto d = number(parts.day);
    const auto m = month_of(parts.month);
    auto y = number(parts.year);
    const auto hh = number(parts.hour);
    const auto mm = number(parts.minute);
    const auto ss = number(parts.second);
    if (!d || !m || !y || !hh || !mm || !ss) return std::nullopt;
    // RFC 850 has two digits of the year; this century is near enough for a wait.
    if (parts.year.size() == 2) *y += 2'000;
    if (*y > 9'999 || *d > 31 || *hh > 23 || *mm > 59 || *ss > 60) return std::nullopt;
    const year_month_day date{year{static_cast<int>(*y)}, *m, day{static_cast<unsigned>(*d)}};
    if (!date.ok()) return std::nullopt;
    return sys_days{date} + hours{*hh} + minutes{*mm} + seconds{*ss};
}

}  // namespace

std::optional<Timestamp> parse_http_date(std::string_view text)
{
    const auto parts = parts_of(text);
    // "Sun, 06 Nov 1994 08:49:37 GMT" and "Sunday, 06-Nov-94 08:49:37 GMT"
    if (parts.size() == 8 && parts[7] == "GMT")
        return date_of({parts[1], parts[2], parts[3], parts[4], parts[5], parts[6]});
    // "Sun Nov  6 08:49:37 1994"
    if (parts.size() == 7)
        return date_of({parts[2], parts[1], parts[6], parts[3], parts[4], parts[5]});
    return std::nullopt;
}

std::optional<milliseconds> parse_retry_after(std::string_view text, Timestamp now)
{
    const bool is_number = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
    if (is_number) {
        const auto value = number(text).value_or(seconds_max);
        return seconds{std::min(value, seconds_max)};
    }
    const auto date = parse_http_date(text);
    if (!date) return std::nullopt;
    return std::max(*date - now, milliseconds{0});
}

}  // namespace katydid::handlers::endpoint
