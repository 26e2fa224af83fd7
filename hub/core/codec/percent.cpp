#include "hub/core/codec/percent.hpp"

#include "hub/core/codec/hex.hpp"

namespace katydid {

std::optional<std::string> percent_decode(std::string_view text, PlusSign plus)
{
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus == PlusSign::space) {
            decoded.push_back(' ');
        } else if (text[i] != '%') {
            decoded.push_back(text[i]);
        } else {
            if (text.size() - i < 3) return std::nullopt;
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
            decoded.push_back(static_cast<char>(high * 16 + low));
            i += 2;
        }
    }
    return decoded;
}

std::string percent_encode(std::string_view text, std::string_view kept)
{
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
                              || (c >= 'A' && c <= 'Z') || kept.find(c) != std::string_view::npos;
        if (is_plain) encoded += c;
        else append_percent(encoded, c);
    }
    return encoded;
}

void append_percent(std::string& out, char byte)
{
    out += '%';
    append_hex(out, byte, hex_digits_upper);
}

}  // namespace katydid
