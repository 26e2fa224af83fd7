#include "hub/core/json/scan.hpp"

#include "hub/core/codec/utf8.hpp"
#include "hub/core/json/escape.hpp"
#include "hub/core/json/pointer.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace katydid::json_text {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::optional<std::string_view> element(std::string_view array, std::string_view token)
{
    const auto wanted = index_of(token);
    Cursor cursor{array};
    if (!wanted || !cursor.take('[')) return std::nullopt;
    for (std::size_t i = 0;; ++i) {
        const auto value = cursor.take_value();
        if (!value || i == *wanted) return value;
        if (!cursor.take(',')) return std::nullopt;
    }
}

}  // namespace

std::string take_token(std::string_view& pointer)
{
    pointer.remove_prefix(1);
    const auto end = std::min(pointer.find('/'), pointer.size());
    std::string token;
    for (std::size_t i = 0; i < end; ++i) {
        const bool is_escape = pointer[i] == '~' && i + 1 < end;
        if (is_escape) ++i;
        token += !is_escape ? pointer[i] : pointer[i] == '1' ? '/' : '~';
    }
    pointer.remove_prefix(end);
    return token;
}

std::optional<std::size_t> index_of(std::string_view token) noexcept
{
    std::size_t index = 0;
    const auto* const last = token.data() + token.size();
    const auto [end, error] = std::from_chars(token.data(), last, index);
    const bool has_leading_zero = token.size() > 1 && token.front() == '0';
    if (error != std::errc{} || end != last || has_leading_zero) return std::nullopt;
    return index;
}

std::string_view without_mark(std::string_view text) noexcept
{
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    return text;
}

std::optional<std::string_view> find(std::string_view text, std::string_view pointer)
{
    text = without_mark(text);
    std::optional<std::string_view> found = text;
    while (found && !pointer.empty()) {
        const auto token = take_token(pointer);
        const char first = Cursor{*found}.peek();
        found = first == '{'   ? member(*found, token)
                : first == '[' ? element(*found, token)
                               : std::nullopt;
    }
    // The whole text has white space around its value, and perhaps more after it.
    return found && found->data() == text.data() ? Cursor{text}.take_value() : found;
}

std::optional<std::string_view> member(std::string_view object, std::string_view name)
{
    return members(object, name, {}).first;
}

std::pair<std::optional<std::string_view>, std::optional<std::string_view>>
members(std::string_view object, std::string_view first, std::string_view second)
{
    std::pair<std::optional<std::string_view>, std::optional<std::string_view>> found;
    const auto note = [&](std::string_view name, std::string_view value) {
        if (is_name(name, first)) found.first = value;
        if (is_name(name, second)) found.second = value;
    };
    if (!for_each_member(without_mark(object), note)) found = {};
    return found;
}

std::optional<std::vector<std::string_view>> elements(std::string_view text, std::size_t count_max)
{
    Cursor cursor{without_mark(text)};
    std::vector<std::string_view> found;
    if (!cursor.take('[')) return std::nullopt;
    if (cursor.take(']')) return found;
    do {
        const auto value = cursor.take_value();
        if (!value || found.size() == count_max) return std::nullopt;
        found.push_back(*value);
    } while (cursor.take(','));
    if (!cursor.take(']')) return std::nullopt;
    return found;
}

std::string unescaped(std::string_view content)
{
    if (content.find('\\') == std::string_view::npos) return std::string{content};
    constexpr std::string_view letters = "bfnrt";
    constexpr std::string_view meanings = "\b\f\n\r\t";
    std::string out;
    out.reserve(content.size());
    for (std::size_t at = 0; at < content.size();) {
        const char c = content[at];
        if (c != '\\' || at + 1 >= content.size()) {
            out.push_back(c);
            ++at;
        } else if (content[at + 1] == 'u') {
            const auto escaped = character_at(content, at);
            if (escaped.code) append_utf8(out, *escaped.code);
            else out.append(content.substr(at, escaped.size));
            at += escaped.size;
        } else {
            const auto letter = letters.find(content[at + 1]);
            out.push_back(letter == std::string_view::npos ? content[at + 1] : meanings[letter]);
            at += 2;
        }
    }
    return out;
}

std::size_t find_closing_quote(std::string_view text, std::size_t begin) noexcept
{
    for (auto at = begin; at < text.size(); ++at) {
        const auto* found = std::memchr(text.data() + at, '"', text.size() - at);
        if (found == nullptr) break;
        at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
        auto slashes = at;
        while (slashes > begin && text[slashes - 1] == '\\') --slashes;
        if ((at - slashes) % 2 == 0) return at;
    }
    return text.size();
}

void Cursor::skip_space() noexcept
{
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
}

char Cursor::peek() noexcept
{
    skip_space();
    return at_ < text_.size() ? text_[at_] : '\0';
}

bool Cursor::take(char expected) noexcept
{
    skip_space();
    if (at_ >= text_.size() || text_[at_] != expected) return false;
    ++at_;
    return true;
}

std::optional<std::string_view> Cursor::take_string() noexcept
{
    if (!take('"')) return std::nullopt;
    const auto begin = at_;
    at_ = find_closing_quote(text_, begin);
    if (at_ >= text_.size()) return std::nullopt;
    return text_.substr(begin, at_++ - begin);
}

std::optional<std::string_view> Cursor::take_value() noexcept
{
    const char first = peek();
    const auto begin = at_;
    if (first == '"') {
        if (!take_string()) return std::nullopt;
    } else if (first == '{' || first == '[') {
        if (!skip_structure()) return std::nullopt;
    } else {
        at_ = std::min(text_.find_first_of(",}]: \t\r\n\"", at_), text_.size());
    }
    if (at_ == begin) return std::nullopt;
    return text_.substr(begin, at_ - begin);
}

bool Cursor::skip_structure() noexcept
{
    std::size_t depth = 0;
    while (at_ < text_.size()) {
        const char c = text_[at_++];
        if (c == '{' || c == '[') ++depth;
        else if ((c == '}' || c == ']') && --depth == 0) return true;
        else if (c == '"') at_ = std::min(find_closing_quote(text_, at_) + 1, text_.size());
    }
    return false;
}

bool is_name(std::string_view content, std::string_view name)
{
    // Escapes only make a text longer.
    if (content.size() < name.size()) return false;
    if (content.size() == name.size() && content != name) return false;
    if (content.find('\\') == std::string_view::npos) return content.size() == name.size();
    return unescaped(content) == name;
}

}  // namespace katydid::json_text
