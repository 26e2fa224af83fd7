#include "hub/core/clock.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace katydid {
namespace {

using namespace std::chrono;

class SystemClock final : public Clock {
public:
    Timestamp now() const override { return floor<milliseconds>(std::chrono::system_clock::now()); }
    SteadyTime steady_now() const override { return steady_clock::now(); }
};

/// Takes exactly `digits` decimal digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits)
{
    if (text.size() < digits) return std::nullopt;
    int value = 0;
    for (const char c : text.substr(0, digits)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take_char(std::string_view& text, char expected)
{
    if (text.empty() || text.front() != expected) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<milliseconds> take_fraction(std::string_view& text)
{
    if (text.empty() || text.front() != '.') return milliseconds{0};
    text.remove_prefix(1);
    int value = 0;
    std::size_t digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        if (digits < 3) value = value * 10 + (text.front() - '0');
        ++digits;
        text.remove_prefix(1);
    }
    if (digits == 0 || digits > 9) return std::nullopt;
    for (; digits < 3; ++digits) value *= 10;
    return milliseconds{value};
}

std::optional<minutes> take_offset(std::string_view& text)
{
    if (take_char(text, 'Z') || take_char(text, 'z')) return minutes{0};
    if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
    const int sign = text.front() == '-' ? -1 : 1;
    text.remove_prefix(1);
    const auto hour = take_number(text, 2);
    const bool colon = take_char(text, ':');
    const auto minute = take_number(text, 2);
    if (!hour || !colon || !minute || *hour > 23 || *minute > 59) return std::nullopt;
    return minutes{sign * (*hour * 60 + *minute)};
}

}  // namespace

const Clock& system_clock() noexcept
{
    static const SystemClock clock;
    return clock;
}

Timestamp ManualClock::now() const
{
    const std::scoped_lock lock{mutex_};
    return now_;
}

SteadyTime ManualClock::steady_now() const
{
    const std::scoped_lock lock{mutex_};
    return steady_;
}

void ManualClock::advance(milliseconds by)
{
    const std::scoped_lock lock{mutex_};
    now_ += by;
    steady_ += by;
}

std::string to_rfc3339(Timestamp time)
{
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    std::array<char, 40> text{};
    const int size = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                                   int(date.year()), unsigned(date.month()), unsigned(date.day()),
                                   int(clock.hours().count()), int(clock.minutes().count()),
                                   int(clock.seconds().count()), int(clock.subseconds().count()));
    return {text.data(), static_cast<std::size_t>(size)};
}

std::optional<Timestamp> parse_rfc3339(std::string_view text)
{
    const auto y = take_number(text, 4);
    const bool dash1 = take_char(text, '-');
    const auto m = take_number(text, 2);
    const bool dash2 = take_char(text, '-');
    const auto d = take_number(text, 2);
    if (!y || !m || !d || !dash1 || !dash2) return std::nullopt;
    if (!take_char(text, 'T') && !take_char(text, 't') && !take_char(text, ' '))
        return std::nullopt;
    const auto hour = take_number(text, 2);
    const bool colon1 = take_char(text, ':');
    const auto minute = take_number(text, 2);
    const bool colon2 = take_char(text, ':');
    const auto second = take_number(text, 2);
    if (!hour || !minute || !second || !colon1 || !colon2) return std::nullopt;
    const auto fraction = take_fraction(text);
    if (!fraction) return std::nullopt;
    const auto offset = take_offset(text);
    if (!offset || !text.empty()) return std::nullopt;
    const year_month_day date{year{*y}, month{unsigned(*m)}, day{unsigned(*d)}};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return sys_days{date} + hours{*hour} + minutes{*minute} + seconds{*second} + *fraction
           - *offset;
}

std::string to_duration_text(milliseconds duration)
{
    const auto count = duration.count();
    const auto text = [&](std::int64_t unit, const char* suffix) {
        return std::to_string(count / unit) + suffix;
    };
    if (count != 0 && count % 86'400'000 == 0) return text(86'400'000, "d");
    if (count != 0 && count % 3'600'000 == 0) return text(3'600'000, "h");
    if (count != 0 && count % 60'000 == 0) return text(60'000, "m");
    if (count % 1'000 == 0) return text(1'000, "s");
    return text(1, "ms");
}

std::optional<milliseconds> parse_duration(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || value < 0) return std::nullopt;
    const std::string_view unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> units{
        {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
    for (const auto& [name, factor] : units) {
        if (unit != name) continue;
        if (value > 36'500LL * 86'400'000 / factor) return std::nullopt;
        return milliseconds{value * factor};
    }
    return std::nullopt;
}

}  // namespace katydid
