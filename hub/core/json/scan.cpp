#include "hub/core/json/scan.hpp"

#include "hub/core/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace katydid::json_text {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

int hex_digit(char c) noexcept
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// The unit of an escape "\uXXXX" whose backslash is at `at`; nullopt when there is none.
std::optional<unsigned> unit_at(std::string_view text, std::size_t at) noexcept
{
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
    unsigned unit = 0;
    for (std::size_t i = at + 2; i < at + 6; ++i) {
        const int digit = hex_digit(text[i]);
        if (digit < 0) return std::nullopt;
        unit = unit * 16 + static_cast<unsigned>(digit);
    }
    return unit;
}

bool is_high(unsigned unit) noexcept { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(unsigned unit) noexcept { return unit >= 0xDC00 && unit < 0xE000; }

void put_utf8(std::string& out, unsigned code)
{
    const auto put = [&](unsigned byte) { out.push_back(static_cast<char>(byte)); };
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

/// The character that an escape "\u…" at `at` stands for, and how many bytes it takes up: 12 for
/// a pair. No character for half of one.
struct Escaped {
    std::optional<unsigned> code;
    std::size_t size;
};

Escaped character_at(std::string_view text, std::size_t at) noexcept
{
    const auto unit = unit_at(text, at);
    if (!unit) return {std::nullopt, 2};
    if (is_low(*unit)) return {std::nullopt, 6};
    if (!is_high(*unit)) return {unit, 6};
    const auto low = unit_at(text, at + 6);
    if (!low || !is_low(*low)) return {std::nullopt, 6};
    return {0x10000 + ((*unit - 0xD800) << 10U) + (*low - 0xDC00), 12};
}

/// Which of the open structures are objects: a bit each, the first 64 without an allocation.
class Nesting {
public:
    void open(bool is_object)
    {
        if (depth_ % 64 == 0 && depth_ > 0) {
            outer_.push_back(word_);
            word_ = 0;
        }
        word_ = (word_ << 1U) | static_cast<std::uint64_t>(is_object);
        ++depth_;
    }
    void close()
    {
        word_ >>= 1U;
        if (--depth_ % 64 == 0 && depth_ > 0) {
            word_ = outer_.back();
            outer_.pop_back();
        }
    }
    [[nodiscard]] bool is_empty() const noexcept { return depth_ == 0; }
    [[nodiscard]] bool in_object() const noexcept { return (word_ & 1U) != 0; }

private:
    std::vector<std::uint64_t> outer_;
    std::uint64_t word_ = 0;
    std::size_t depth_ = 0;
};

/// Checks the grammar, value by value.
class Checker {
public:
    explicit Checker(std::string_view text) noexcept : text_{text} {}

    bool run()
    {
        if (!value()) return false;
        while (!open_.is_empty()) {
            if (!take(open_.in_object() ? '}' : ']')) {
                if (!take(',') || !member_name() || !value()) return false;
                continue;
            }
            open_.close();
        }
        return peek() == '\0' && at_ == text_.size() && (is_ascii_ || is_utf8(text_));
    }

private:
    char peek() noexcept
    {
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    bool take(char expected) noexcept
    {
        if (peek() != expected) return false;
        ++at_;
        return true;
    }
    /// In an object, a name and its colon; nothing in an array.
    bool member_name() { return !open_.in_object() || (peek() == '"' && string() && take(':')); }

    /// A scalar, or everything up to and with the first scalar in it, or an empty structure.
    bool value()
    {
        while (true) {
            const char c = peek();
            if (c == '"') return string();
            if (c != '{' && c != '[') return number_or_word();
            ++at_;
            if (take(c == '{' ? '}' : ']')) return true;
            open_.open(c == '{');
            if (!member_name()) return false;
        }
    }

    bool string() noexcept
    {
        for (++at_; at_ < text_.size(); ++at_) {
            const auto c = static_cast<unsigned char>(text_[at_]);
            if (c == '"') return ++at_, true;
            if (c < 0x20) return false;
            is_ascii_ = is_ascii_ && c < 0x80;
            if (c != '\\') continue;
            if (unit_at(text_, at_)) at_ += 5;
            else if (++at_ >= text_.size()
                     || std::string_view{"\"\\/bfnrt"}.find(text_[at_]) == std::string_view::npos)
                return false;
        }
        return false;
    }

    bool number_or_word() noexcept
    {
        for (const std::string_view word : {"true", "false", "null"}) {
            if (!text_.substr(at_).starts_with(word)) continue;
            at_ += word.size();
            return true;
        }
        if (at_ < text_.size() && text_[at_] == '-') ++at_;
        const bool is_zero = at_ < text_.size() && text_[at_] == '0';
        if (is_zero) ++at_;
        else if (!digits()) return false;
        if (at_ < text_.size() && text_[at_] == '.' && (++at_, !digits())) return false;
        if (at_ >= text_.size() || (text_[at_] != 'e' && text_[at_] != 'E')) return true;
        ++at_;
        if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
        return digits();
    }

    bool digits() noexcept
    {
        const auto begin = at_;
        while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
        return at_ > begin;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool is_ascii_ = true;
    Nesting open_;
};

/// The next step of a JSON pointer, its escapes resolved, taken off the front.
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

std::optional<std::string_view> member(std::string_view object, std::string_view name)
{
    std::optional<std::string_view> found;
    const bool whole = for_each_member(object, [&](std::string_view key, std::string_view value) {
        if (is_name(key, name)) found = value;
    });
    return whole ? found : std::nullopt;
}

std::optional<std::string_view> element(std::string_view array, std::string_view index)
{
    std::size_t wanted = 0;
    const auto [end, error] = std::from_chars(index.data(), index.data() + index.size(), wanted);
    if (error != std::errc{} || end != index.data() + index.size()
        || (index.size() > 1 && index.front() == '0'))
        return std::nullopt;
    Cursor cursor{array};
    if (!cursor.take('[')) return std::nullopt;
    for (std::size_t i = 0;; ++i) {
        const auto value = cursor.take_value();
        if (!value || i == wanted) return value;
        if (!cursor.take(',')) return std::nullopt;
    }
}

/// Appends what stands between two quotes as a strict parser takes it.
void put_repaired(std::string& out, std::string_view content)
{
    for (auto at = content.find('\\'); at < content.size(); at = content.find('\\')) {
        const bool is_half = unit_at(content, at) && !character_at(content, at).code;
        const auto size = std::min(character_at(content, at).size, content.size() - at);
        out.append(content.substr(0, at));
        out.append(is_half ? std::string_view{"\xEF\xBF\xBD"} : content.substr(at, size));
        content.remove_prefix(at + size);
    }
    out.append(content);
}

}  // namespace

std::string_view without_mark(std::string_view text) noexcept
{
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    return text;
}

bool is_json(std::string_view text) { return Checker{without_mark(text)}.run(); }

std::optional<std::string_view> find(std::string_view text, std::string_view pointer)
{
    std::optional<std::string_view> found = Cursor{without_mark(text)}.take_value();
    while (found && !pointer.empty()) {
        const auto token = take_token(pointer);
        found = found->starts_with('{')   ? member(*found, token)
                : found->starts_with('[') ? element(*found, token)
                                          : std::nullopt;
    }
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
            if (escaped.code) put_utf8(out, *escaped.code);
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

std::string repaired(std::string_view text, std::size_t depth_max)
{
    text = without_mark(text);
    std::string out;
    out.reserve(text.size());
    std::size_t depth = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        const bool is_kept = depth <= depth_max;
        if (c == '"') {
            const auto end = find_closing_quote(text, at + 1);
            if (is_kept) {
                out.push_back('"');
                put_repaired(out, text.substr(at + 1, end - at - 1));
                if (end < text.size()) out.push_back('"');
            }
            at = end + 1;
            continue;
        }
        if ((c == '{' || c == '[') && ++depth == depth_max + 1) out.append("null");
        if (depth <= depth_max) out.push_back(c);
        if ((c == '}' || c == ']') && depth > 0) --depth;
        ++at;
    }
    return out;
}

std::optional<std::string> without_texts(std::string_view text,
                                         std::span<const std::string_view> texts)
{
    const auto is_one = [&](std::string_view content) {
        const bool has_escapes = content.find('\\') != std::string_view::npos;
        const auto plain = has_escapes ? unescaped(content) : std::string{};
        return std::ranges::any_of(texts, [&](std::string_view each) {
            return !each.empty() && (has_escapes ? std::string_view{plain} : content) == each;
        });
    };
    std::optional<std::string> out;
    std::size_t copied = 0;
    for (auto at = text.find('"'); at < text.size(); at = text.find('"', at)) {
        const auto end = find_closing_quote(text, at + 1);
        if (end >= text.size()) break;
        const bool is_value = Cursor{text.substr(end + 1)}.peek() != ':';
        if (is_value && is_one(text.substr(at + 1, end - at - 1))) {
            if (!out) out.emplace();
            out->append(text.substr(copied, at - copied)).append("null");
            copied = end + 1;
        }
        at = end + 1;
    }
    if (out) out->append(text.substr(copied));
    return out;
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
    if (content.find('\\') == std::string_view::npos) return content == name;
    return unescaped(content) == name;
}

}  // namespace katydid::json_text
