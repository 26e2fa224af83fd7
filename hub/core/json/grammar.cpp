// The grammar of RFC 8259, without recursion.
#include "hub/core/codec/utf8.hpp"
#include "hub/core/json/escape.hpp"
#include "hub/core/json/scan.hpp"

#include <cstdint>
#include <cstring>

namespace katydid::json_text {
namespace {

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

    /// Whether eight bytes are printable ASCII without quotes and backslashes: most of any text.
    static bool are_plain(const char* bytes) noexcept
    {
        constexpr std::uint64_t ones = 0x0101010101010101;
        constexpr std::uint64_t high = 0x8080808080808080;
        std::uint64_t word = 0;
        std::memcpy(&word, bytes, sizeof word);
        const auto has_zero = [](std::uint64_t each) { return (each - ones) & ~each; };
        const auto odd = word | has_zero(word ^ (ones * '"')) | has_zero(word ^ (ones * '\\'))
                         | ((word - ones * 0x20) & ~word);
        return (odd & high) == 0;
    }

    bool string() noexcept
    {
        while (at_ + 9 <= text_.size() && are_plain(text_.data() + at_ + 1)) at_ += 8;
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

}  // namespace

bool is_json(std::string_view text) { return Checker{without_mark(text)}.run(); }

}  // namespace katydid::json_text
