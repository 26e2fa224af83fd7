#include "hub/cli/terminal/keys.hpp"

#include "hub/core/codec/utf8.hpp"
#include "hub/core/text/visible.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace katydid::cli {
namespace {

constexpr char escape = '\x1b';
constexpr std::size_t sequence_bytes_max = 16;

/// Of what stands after "ESC [" or "ESC O".
std::optional<KeyKind> named(std::string_view sequence)
{
    constexpr std::pair<std::string_view, KeyKind> known[] = {
        {"A", KeyKind::up},       {"B", KeyKind::down},       {"H", KeyKind::home},
        {"F", KeyKind::end},      {"1~", KeyKind::home},      {"4~", KeyKind::end},
        {"5~", KeyKind::page_up}, {"6~", KeyKind::page_down},
    };
    for (const auto& [text, kind] : known)
        if (text == sequence) return kind;
    return std::nullopt;
}

std::size_t utf8_bytes(char first)
{
    const auto byte = static_cast<unsigned char>(first);
    return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// Takes one key from the front; 0: it is not whole.
std::size_t take_key(std::string_view bytes, std::vector<KeyPress>& keys)
{
    if (bytes.front() == escape) {
        if (bytes.size() == 1) return 0;
        if (bytes[1] != '[' && bytes[1] != 'O') {
            keys.push_back({KeyKind::escape});
            return 1;
        }
        const auto end = std::ranges::find_if(bytes.substr(2),
                                              [](char c) { return c >= '@' && c <= '~'; })
                         - bytes.begin();
        const auto size = static_cast<std::size_t>(end);
        if (size == bytes.size()) return size > sequence_bytes_max ? size : 0;
        if (const auto kind = named(bytes.substr(2, size - 1))) keys.push_back({*kind});
        return size + 1;
    }
    const char c = bytes.front();
    if (c == '\r' || c == '\n') keys.push_back({KeyKind::enter});
    else if (c == '\x7f' || c == '\b') keys.push_back({KeyKind::backspace});
    if (c == '\x7f' || static_cast<unsigned char>(c) < 0x20) return 1;
    const auto size = utf8_bytes(c);
    if (bytes.size() < size) return 0;
    const auto text = bytes.substr(0, size);
    if (is_utf8(text) && !is_control(first_code_point(text).value))
        keys.push_back({KeyKind::character, std::string{text}});
    return is_utf8(text) ? size : 1;
}

}  // namespace

std::vector<KeyPress> KeyDecoder::feed(std::string_view bytes)
{
    waiting_ += bytes;
    std::vector<KeyPress> keys;
    std::string_view left = waiting_;
    while (!left.empty()) {
        const auto taken = take_key(left, keys);
        if (taken == 0) break;
        left.remove_prefix(taken);
    }
    waiting_ = std::string{left};
    return keys;
}

std::vector<KeyPress> KeyDecoder::settle()
{
    std::vector<KeyPress> keys;
    if (std::exchange(waiting_, {}).starts_with(escape)) keys.push_back({KeyKind::escape});
    return keys;
}

}  // namespace katydid::cli
