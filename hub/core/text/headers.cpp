#include "hub/core/text/headers.hpp"

#include <algorithm>
#include <array>

namespace katydid {
namespace {

constexpr char lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr bool is_token_char(char c) noexcept
{
    if ((c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z')) return true;
    return std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

constexpr auto token_chars = [] {
    std::array<bool, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = is_token_char(static_cast<char>(static_cast<unsigned char>(i)));
    return table;
}();

}  // namespace

bool equal_names(std::string_view a, std::string_view b) noexcept
{
    if (a.size() != b.size()) return false;
    if (a == b) return true;  // most senders write names as everybody does
    return std::equal(a.begin(), a.end(), b.begin(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

const std::string* find_header(const Headers& headers, std::string_view name) noexcept
{
    for (const auto& header : headers)
        if (equal_names(header.name, name)) return &header.value;
    return nullptr;
}

std::string_view header_value(const Headers& headers, std::string_view name) noexcept
{
    const auto* value = find_header(headers, name);
    return value != nullptr ? std::string_view{*value} : std::string_view{};
}

std::size_t count_headers(const Headers& headers, std::string_view name) noexcept
{
    return static_cast<std::size_t>(
        std::count_if(headers.begin(), headers.end(),
                      [&](const Header& h) { return equal_names(h.name, name); }));
}

bool is_header_safe(std::string_view name, std::string_view value) noexcept
{
    const auto is_control = [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    };
    const auto is_token = [](char c) { return token_chars[static_cast<unsigned char>(c)]; };
    // Without a way out of the loop the compiler looks at many bytes at once.
    bool has_control = false;
    for (const char c : value) has_control |= is_control(c);
    return !has_control && !name.empty() && std::all_of(name.begin(), name.end(), is_token);
}

}  // namespace katydid
