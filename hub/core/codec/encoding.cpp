#include "hub/core/codec/encoding.hpp"

#include "hub/core/codec/hex.hpp"

#include <algorithm>
#include <array>

namespace katydid {
namespace {

constexpr std::string_view standard_alphabet
    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet
    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using DigitTable = std::array<std::int8_t, 256>;

constexpr DigitTable table_of(std::string_view alphabet)
{
    DigitTable table{};
    table.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}

constexpr DigitTable standard_digits = table_of(standard_alphabet);
constexpr DigitTable url_digits = table_of(url_alphabet);

int digit(const DigitTable& table, char c) noexcept { return table[static_cast<unsigned char>(c)]; }

std::optional<std::size_t> decode_hex(std::string_view text, std::span<char> out) noexcept
{
    if (text.size() % 2 != 0 || text.size() / 2 > out.size()) return std::nullopt;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out[i / 2] = static_cast<char>(high * 16 + low);
    }
    return text.size() / 2;
}

/// Takes up to two '=' off the end; nullopt when there are more or they pad to no full group.
std::optional<std::string_view> without_padding(std::string_view text, bool required) noexcept
{
    if (text.empty() || text.back() != '=')
        return required && text.size() % 4 != 0 ? std::nullopt : std::optional{text};
    if (text.size() % 4 != 0) return std::nullopt;
    text.remove_suffix(1);
    if (text.back() == '=') text.remove_suffix(1);
    return text;
}

std::optional<std::size_t> decode_base64(const DigitTable& table, std::string_view text,
                                         std::span<char> out) noexcept
{
    if (text.size() % 4 == 1 || text.size() / 4 * 3 + text.size() % 4 > out.size() + 1)
        return std::nullopt;
    std::uint32_t bits = 0;
    unsigned count = 0;
    std::size_t size = 0;
    for (const char c : text) {
        const int value = digit(table, c);
        if (value < 0) return std::nullopt;
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        if (size == out.size()) return std::nullopt;
        out[size++] = static_cast<char>((bits >> count) & 0xffU);
    }
    const bool bits_left = (bits & ((1U << count) - 1U)) != 0;
    return bits_left ? std::nullopt : std::optional{size};
}

std::string encode_base64(std::string_view alphabet, std::string_view bytes, bool padded)
{
    const auto rest = bytes.size() % 3;
    const auto last = rest == 0 ? 0 : rest + 1;  // digits of the last, unfinished group
    std::string text(bytes.size() / 3 * 4 + (padded && rest > 0 ? 4 : last), '=');
    const auto byte = [&](std::size_t at) -> std::uint32_t {
        return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
    };
    auto* out = text.data();
    const auto put = [&](std::size_t at, std::size_t count) {
        const auto bits = byte(at) << 16U | byte(at + 1) << 8U | byte(at + 2);
        for (std::size_t i = 0; i < count; ++i) *out++ = alphabet[(bits >> (18 - 6 * i)) & 63U];
    };
    for (std::size_t at = 0; at + 3 <= bytes.size(); at += 3) put(at, 4);
    put(bytes.size() - rest, last);
    return text;
}

std::string encode_hex(std::string_view bytes)
{
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char c : bytes) append_hex(text, c);
    return text;
}

}  // namespace

std::optional<std::size_t> decode(Encoding encoding, std::string_view text,
                                  std::span<char> out) noexcept
{
    switch (encoding) {
    case Encoding::text:
        if (text.size() > out.size()) return std::nullopt;
        std::copy(text.begin(), text.end(), out.begin());
        return text.size();
    case Encoding::hex: return decode_hex(text, out);
    case Encoding::base64: {
        const auto digits = without_padding(text, true);
        return digits ? decode_base64(standard_digits, *digits, out) : std::nullopt;
    }
    case Encoding::base64url: {
        const auto digits = without_padding(text, false);
        return digits ? decode_base64(url_digits, *digits, out) : std::nullopt;
    }
    }
    return std::nullopt;
}

std::optional<std::string> decode(Encoding encoding, std::string_view text)
{
    std::string bytes(text.size(), '\0');
    const auto size = decode(encoding, text, std::span<char>{bytes.data(), bytes.size()});
    if (!size) return std::nullopt;
    bytes.resize(*size);
    return bytes;
}

std::string encode(Encoding encoding, std::string_view bytes)
{
    switch (encoding) {
    case Encoding::text: return std::string{bytes};
    case Encoding::hex: return encode_hex(bytes);
    case Encoding::base64: return encode_base64(standard_alphabet, bytes, true);
    case Encoding::base64url: return encode_base64(url_alphabet, bytes, false);
    }
    return {};
}

}  // namespace katydid
