#include "hub/core/codec/utf8.hpp"

namespace katydid {
namespace {

/// The length of the UTF-8 sequence at the front of `bytes`, or 0 when it is not well formed.
std::size_t sequence_size(std::string_view bytes) noexcept
{
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const auto lead = at(0);
    if (lead < 0x80) return 1;
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || bytes.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((at(i) & 0xC0U) != 0x80U) return 0;
    const bool is_overlong = (lead == 0xE0 && at(1) < 0xA0) || (lead == 0xF0 && at(1) < 0x90);
    const bool is_surrogate = lead == 0xED && at(1) > 0x9F;
    const bool is_too_large = lead == 0xF4 && at(1) > 0x8F;
    return is_overlong || is_surrogate || is_too_large ? 0 : size;
}

}  // namespace

bool is_utf8(std::string_view bytes) noexcept
{
    while (!bytes.empty()) {
        const auto size = sequence_size(bytes);
        if (size == 0) return false;
        bytes.remove_prefix(size);
    }
    return true;
}

CodePoint first_code_point(std::string_view text) noexcept
{
    const auto lead = static_cast<unsigned char>(text.front());
    const auto bytes = sequence_size(text);
    if (bytes <= 1) return {lead, 1, bytes == 1};
    char32_t value = lead & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i)
        value = (value << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    return {value, bytes, true};
}

void append_utf8(std::string& out, char32_t code)
{
    const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (code < 0x80) return put(code);
    if (code < 0x800) {
        put(0xC0U | (code >> 6U));
    } else {
        if (code < 0x10000) {
            put(0xE0U | (code >> 12U));
        } else {
            put(0xF0U | (code >> 18U));
            put(0x80U | ((code >> 12U) & 0x3FU));
        }
        put(0x80U | ((code >> 6U) & 0x3FU));
    }
    put(0x80U | (code & 0x3FU));
}

std::string as_utf8(std::string_view bytes)
{
    if (is_utf8(bytes)) return std::string{bytes};
    std::string text;
    for (const char c : bytes) {
        if (static_cast<unsigned char>(c) < 0x80) text.push_back(c);
        else text.append(replacement_character);
    }
    return text;
}

}  // namespace katydid
