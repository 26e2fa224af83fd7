// Finds values in JSON text without changing a byte of it, however deep it nests.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace katydid::json_text {

/// Without the byte order mark that some senders put in front (RFC 8259 8.1 lets a reader skip it).
[[nodiscard]] std::string_view without_mark(std::string_view text) noexcept;

/// Whether the text is one JSON value by the grammar of RFC 8259, after a byte order mark or not.
///
/// Any depth, and no recursion. What its texts say is nobody's business here: half a surrogate
/// pair (`"\ud83d"`) passes. Bytes that are no UTF-8 are no JSON.
[[nodiscard]] bool is_json(std::string_view text);

/// The value a JSON pointer (RFC 6901) leads to, as the bytes that stand there, white space
/// trimmed. Of members with one name the last counts, as Boost.JSON has it; names written with
/// escapes are found. nullopt when there is none or the text breaks off.
///
/// It scans and does not validate: what it returns is JSON if the whole text is.
[[nodiscard]] std::optional<std::string_view> find(std::string_view text, std::string_view pointer);

/// The same for a top-level member of an object, by its name.
[[nodiscard]] std::optional<std::string_view> member(std::string_view object,
                                                     std::string_view name);

/// The same for two members in one scan.
[[nodiscard]] std::pair<std::optional<std::string_view>, std::optional<std::string_view>>
members(std::string_view object, std::string_view first, std::string_view second);

/// The elements of an array as they stand. nullopt when the text is no array, breaks off or has
/// more than `count_max`.
[[nodiscard]] std::optional<std::vector<std::string_view>>
elements(std::string_view text, std::size_t count_max = std::numeric_limits<std::size_t>::max());

[[nodiscard]] inline bool is_string(std::string_view value) noexcept
{
    return value.starts_with('"');
}

/// What stands between the quotes of a string, escapes resolved. Half a surrogate pair, which is
/// no character, stays the escape that it is: two different ones are two texts.
[[nodiscard]] std::string unescaped(std::string_view content);

/// Where the string ends whose content begins at `begin`: at the first quote that no backslash
/// escapes. The text's size when there is none.
[[nodiscard]] std::size_t find_closing_quote(std::string_view text, std::size_t begin) noexcept;

/// A position in JSON text that only moves forward. It relies on nothing: text that is no JSON
/// ends it early.
class Cursor {
public:
    explicit Cursor(std::string_view text) noexcept : text_{text} {}

    void skip_space() noexcept;
    /// The next character that is not blank; '\0' at the end.
    [[nodiscard]] char peek() noexcept;
    bool take(char expected) noexcept;
    /// The content of a string between its quotes, escapes as they stand.
    std::optional<std::string_view> take_string() noexcept;
    /// Any value, as it stands.
    std::optional<std::string_view> take_value() noexcept;

private:
    bool skip_structure() noexcept;

    std::string_view text_;
    std::size_t at_ = 0;
};

/// Calls `visit(name, value)` for every member, names with escapes as they stand. False: the text
/// is no object or breaks off.
template <class Visit>
bool for_each_member(std::string_view object, Visit visit)
{
    Cursor cursor{object};
    if (!cursor.take('{')) return false;
    if (cursor.take('}')) return true;
    do {
        const auto name = cursor.take_string();
        if (!name || !cursor.take(':')) return false;
        const auto value = cursor.take_value();
        if (!value) return false;
        visit(*name, *value);
    } while (cursor.take(','));
    return cursor.take('}');
}

/// Whether a member's name, escapes and all, is this one.
[[nodiscard]] bool is_name(std::string_view content, std::string_view name);

}  // namespace katydid::json_text
