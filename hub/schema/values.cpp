// Numbers, equality and formats, as JSON Schema sees them.
#include "hub/core/clock.hpp"
#include "hub/schema/node.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace katydid::schema {
namespace {

namespace json = boost::json;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_date_time(std::string_view text) { return parse_rfc3339(text).has_value(); }

bool is_date(std::string_view text)
{
    return text.size() == 10 && is_date_time(std::string{text} + "T00:00:00Z");
}

bool is_time(std::string_view text) { return is_date_time("2000-01-01T" + std::string{text}); }

bool is_uuid(std::string_view text)
{
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_dash ? text[i] != '-' : !is_hex(text[i])) return false;
    }
    return true;
}

/// One '@' with something that may be an address on both sides (RFC 5321 says more than people do).
bool is_email(std::string_view text)
{
    const auto at = text.rfind('@');
    if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return false;
    const auto domain = text.substr(at + 1);
    return !domain.empty() && domain.find_first_of(" @<>()\t\r\n") == std::string_view::npos
           && text.substr(0, at).find_first_of(" @<>()\t\r\n") == std::string_view::npos
           && !domain.starts_with('.') && !domain.ends_with('.');
}

/// With a scheme, and only characters that a URI may have (RFC 3986).
bool is_uri(std::string_view text)
{
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (!is_letter(text.front())) return false;
    constexpr std::string_view others = "-._~:/?#[]@!$&'()*+,;=%";
    return std::ranges::all_of(text, [&](char c) {
        return is_letter(c) || is_digit(c) || others.find(c) != std::string_view::npos;
    });
}

bool is_ipv4(std::string_view text)
{
    boost::system::error_code error;
    boost::asio::ip::make_address_v4(std::string{text}, error);
    return !error;
}

bool is_ipv6(std::string_view text)
{
    boost::system::error_code error;
    boost::asio::ip::make_address_v6(std::string{text}, error);
    return !error && text.find('%') == std::string_view::npos;
}

const std::array formats{
    Format{"date", is_date, "a date such as \"2026-06-15\""},
    Format{"date-time", is_date_time, "a time such as \"2026-06-15T18:00:00Z\" (RFC 3339)"},
    Format{"email", is_email, "an e-mail address"},
    Format{"ipv4", is_ipv4, "an IPv4 address"},
    Format{"ipv6", is_ipv6, "an IPv6 address"},
    Format{"time", is_time, "a time of day such as \"18:00:00Z\""},
    Format{"uri", is_uri, "a URI"},
    Format{"uuid", is_uuid, "a UUID"}};

constexpr std::uint64_t value_work = 16;
constexpr std::uint64_t bytes_per_unit = 16;

/// False when it is too much work.
bool write_canonical(const json::value& value, std::string& out, WorkBudget& work)
{
    if (!work.spend(value_work)) return false;
    if (const auto* object = value.if_object()) {
        std::map<std::string_view, const json::value*> sorted;
        if (!work.spend(object->size() * value_work)) return false;
        for (const auto& member : *object) sorted.emplace(member.key(), &member.value());
        out += '{';
        for (const auto& [name, each] : sorted) {
            if (!work.spend(name.size() / bytes_per_unit)) return false;
            out.append(json::serialize(json::value(name))).push_back(':');
            if (!write_canonical(*each, out, work)) return false;
            out += ',';
        }
        out += '}';
    } else if (const auto* array = value.if_array()) {
        out += '[';
        for (const auto& each : *array) {
            if (!write_canonical(each, out, work)) return false;
            out += ',';
        }
        out += ']';
    } else if (const auto number = number_of(value)) {
        if (!work.spend(value_work)) return false;
        std::array<char, 64> text{};
        const auto unsigned_zero = *number + 0.0L;
        const auto size = std::snprintf(text.data(), text.size(), "%.21Lg", unsigned_zero);
        out.append(text.data(), static_cast<std::size_t>(size));
    } else {
        const auto* text = value.if_string();
        if (text != nullptr && !work.spend(text->size() / bytes_per_unit)) return false;
        out += json::serialize(value);
    }
    return true;
}

}  // namespace

const Format* find_format(std::string_view name) noexcept
{
    const auto found = std::ranges::find_if(formats,
                                            [&](const Format& each) { return each.name == name; });
    return found == formats.end() ? nullptr : &*found;
}

std::string format_names()
{
    std::string names;
    for (const auto& format : formats) names += (names.empty() ? "\"" : ", \"") + format.name + '"';
    return names;
}

std::optional<Number> number_of(const json::value& value) noexcept
{
    if (const auto* number = value.if_int64()) return static_cast<Number>(*number);
    if (const auto* number = value.if_uint64()) return static_cast<Number>(*number);
    if (const auto* number = value.if_double()) return static_cast<Number>(*number);
    return std::nullopt;
}

bool is_whole(const json::value& value) noexcept
{
    if (value.is_int64() || value.is_uint64()) return true;
    const auto* number = value.if_double();
    return number != nullptr && std::isfinite(*number) && std::trunc(*number) == *number;
}

std::optional<std::string> canonical(const json::value& value, WorkBudget& work)
{
    std::string text;
    if (!write_canonical(value, text, work)) return std::nullopt;
    return text;
}

}  // namespace katydid::schema
