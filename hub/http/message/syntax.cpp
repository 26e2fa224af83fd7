#include "hub/http/message/syntax.hpp"

#include <algorithm>
#include <array>

namespace katydid::http {
namespace {

constexpr bool is_alphanumeric(char c) noexcept
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr std::uint8_t kinds_of(char c) noexcept
{
    const auto one_of = [c](std::string_view set) { return set.find(c) != set.npos; };
    const bool printable = c > ' ' && c <= '~';
    const bool beyond_ascii = static_cast<unsigned char>(c) >= 0x80;
    unsigned kinds = 0;
    if (is_alphanumeric(c) || one_of("!#$%&'*+-.^_`|~"))
        kinds |= static_cast<unsigned>(CharKind::token);
    if (printable || beyond_ascii || c == ' ' || c == '\t')
        kinds |= static_cast<unsigned>(CharKind::value);
    if (printable && !one_of("#\"<>\\^`{|}")) kinds |= static_cast<unsigned>(CharKind::target);
    if (is_alphanumeric(c) || one_of("-._~!$&'()*+;="))
        kinds |= static_cast<unsigned>(CharKind::host);
    return static_cast<std::uint8_t>(kinds);
}

constexpr std::array<std::uint8_t, 256> make_table()
{
    std::array<std::uint8_t, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = kinds_of(static_cast<char>(static_cast<unsigned char>(i)));
    return table;
}

constexpr auto table = make_table();

bool is_in_v6_literal(char c) noexcept
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

}  // namespace

bool all_are(std::string_view text, CharKind kind) noexcept
{
    if (text.empty()) return false;
    std::uint8_t common = 0xff;
    for (const char c : text) common &= table[static_cast<unsigned char>(c)];
    return (common & static_cast<std::uint8_t>(kind)) != 0;
}

bool parse_length(std::string_view text, std::uint64_t& value) noexcept
{
    if (text.empty() || text.size() > 19) return false;
    value = 0;
    for (const char c : text) {
        if (!is_digit(c)) return false;
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return true;
}

bool parse_host(std::string_view value, std::string_view& host) noexcept
{
    auto end = value.find(':');
    if (value.starts_with('[')) {
        const auto close = value.find(']');
        if (close == std::string_view::npos || close < 3) return false;
        const auto literal = value.substr(1, close - 1);
        if (!std::all_of(literal.begin(), literal.end(), is_in_v6_literal)) return false;
        end = close + 1;
    } else if (!all_are(value.substr(0, end), CharKind::host)) {
        return false;
    }
    end = std::min(end, value.size());
    host = value.substr(0, end);
    const auto port = value.substr(end);
    if (port.empty()) return true;
    return port.front() == ':' && port.size() <= 6
           && std::all_of(port.begin() + 1, port.end(), is_digit);
}

}  // namespace katydid::http
