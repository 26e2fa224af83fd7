#include "hub/core/text/reserved.hpp"

#include "hub/core/codec/percent.hpp"
#include "hub/core/codec/utf8.hpp"
#include "hub/core/text/headers.hpp"

#include <algorithm>
#include <array>

namespace katydid {
namespace {

constexpr std::array<std::string_view, 12> connection_headers{
    "host",           "content-length",   "transfer-encoding",
    "connection",     "upgrade",          "trailer",
    "expect",         "keep-alive",       "te",
    "http2-settings", "proxy-connection", "proxy-authorization"};

bool has_prefix(std::string_view text, std::string_view prefix) noexcept
{
    return text.size() >= prefix.size() && equal_names(text.substr(0, prefix.size()), prefix);
}

}  // namespace

bool is_internal_type(std::string_view type) noexcept
{
    return type.starts_with("katydid.") || type.starts_with("bridge.");
}

bool is_reserved_name(std::string_view name) noexcept
{
    return equal_names(name, "bridge") || has_prefix(name, "bridge-")
           || has_prefix(name, "katydid");
}

std::string reserved_name_fault(std::string_view name)
{
    return "the name \"" + std::string{name}
           + "\" is the hub's own, as are \"bridge\", \"bridge-…\" and \"katydid…\": choose "
             "another one";
}

bool is_connection_header(std::string_view name) noexcept
{
    return std::ranges::any_of(connection_headers, [name](std::string_view reserved) {
        return equal_names(name, reserved);
    });
}

bool are_read_alike(std::string_view a, std::string_view b) noexcept
{
    const auto read = [](char c) {
        if (c == '_') return '-';
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    };
    return std::ranges::equal(a, b, {}, read, read);
}

bool is_hub_header(std::string_view name) noexcept
{
    constexpr std::string_view prefix = "katydid-";
    return are_read_alike(name.substr(0, prefix.size()), prefix);
}

bool is_settable_header(std::string_view name) noexcept
{
    return !is_connection_header(name) && !is_hub_header(name) && !has_prefix(name, "content-")
           && !has_prefix(name, "webhook-");
}

bool is_writable_type(std::string_view type) noexcept
{
    const auto is_plain = [](char c) { return c > 0x20 && c < 0x7F; };
    return type.size() <= event_type_bytes_max && std::ranges::all_of(type, is_plain);
}

std::string writable_type(std::string_view type)
{
    if (type.size() > event_type_bytes_max) return {};
    const bool is_text = is_utf8(type);
    std::string out;
    for (const char c : type) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_blank_or_control = byte <= 0x20 || byte == 0x7F;
        const bool is_strange = byte >= 0x80 && !is_text;
        if (is_blank_or_control || is_strange) append_percent(out, c);
        else out.push_back(c);
    }
    return out.size() > event_type_bytes_max ? std::string{} : out;
}

}  // namespace katydid
