// What a person presses, out of the bytes that a terminal sends for it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace katydid::cli {

enum class KeyKind : std::uint8_t {
    character,
    up,
    down,
    page_up,
    page_down,
    home,
    end,
    enter,
    escape,
    backspace,
};

struct KeyPress {
    KeyKind kind = KeyKind::character;
    std::string text{};  ///< of a character, UTF-8

    friend bool operator==(const KeyPress&, const KeyPress&) = default;
};

/// Reads escape sequences (ECMA-48, as xterm sends them) and characters; what it does not know is
/// nothing. Bytes may come in any pieces: what is not whole waits for the rest.
class KeyDecoder {
public:
    std::vector<KeyPress> feed(std::string_view bytes);
    /// Nothing more came for a while: an escape that waits was the key itself.
    std::vector<KeyPress> settle();
    [[nodiscard]] bool is_waiting() const noexcept { return !waiting_.empty(); }

private:
    std::string waiting_;
};

}  // namespace katydid::cli
