// The grammar of RFC 8259, and where a text's values stand; without recursion.
#include "hub/core/codec/utf8.hpp"
#include "hub/core/json/escape.hpp"
#include "hub/core/json/outline.hpp"
#include "hub/core/json/scan.hpp"

#include <boost/endian/conversion.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

/// Writes down where the values stand, until there are too many of them.
class Recorder {
public:
    /// \param places  null: nothing is written down
    Recorder(std::vector<Outline::Place>* places, std::size_t text_bytes) : places_{places}
    {
        if (places_ == nullptr) return;
        places_->clear();
        constexpr std::size_t bytes_a_value = 16;  // of most bodies
        places_->reserve(std::min(text_bytes / bytes_a_value + 8, Outline::values_max));
        if (text_bytes > std::numeric_limits<std::uint32_t>::max()) give_up();
    }

    void add(std::size_t begin, std::size_t end, bool has_escapes = false)
    {
        if (places_ == nullptr || is_full()) return;
        const auto at = static_cast<std::uint32_t>(places_->size());
        places_->push_back({to_place(begin), to_place(end), at + 1, has_escapes});
    }
    /// While a structure is open, its `next` leads to the one around it.
    void open(std::size_t begin)
    {
        if (places_ == nullptr || is_full()) return;
        const auto at = static_cast<std::uint32_t>(places_->size());
        places_->push_back({to_place(begin), 0, innermost_});
        innermost_ = at;
    }
    void close(std::size_t end)
    {
        if (places_ == nullptr) return;
        auto& place = (*places_)[innermost_];
        innermost_ = place.next;
        place.end = to_place(end);
        place.next = static_cast<std::uint32_t>(places_->size());
    }

private:
    static std::uint32_t to_place(std::size_t at) { return static_cast<std::uint32_t>(at); }
    bool is_full()
    {
        if (places_->size() < Outline::values_max) return false;
        give_up();
        return true;
    }
    void give_up()
    {
        places_->clear();
        places_ = nullptr;
    }

    std::vector<Outline::Place>* places_;
    std::uint32_t innermost_ = 0;
};

// How many of some bytes, from the first on, are printable ASCII and neither quote nor backslash:
// most of any text.
#ifdef __SSE2__
constexpr std::size_t stride = 16;

std::size_t count_plain(const char* bytes) noexcept
{
    const auto block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
    const auto is = [block](char c) { return _mm_cmpeq_epi8(block, _mm_set1_epi8(c)); };
    // As signed numbers, control characters and what is not ASCII are less than a blank.
    const auto is_less = _mm_cmplt_epi8(block, _mm_set1_epi8(' '));
    const auto odd = _mm_or_si128(_mm_or_si128(is('"'), is('\\')), is_less);
    const auto bits = static_cast<unsigned>(_mm_movemask_epi8(odd));
    return static_cast<std::size_t>(std::countr_zero(bits | 1U << stride));
}
#else
constexpr std::size_t stride = 8;

std::size_t count_plain(const char* bytes) noexcept
{
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t high = 0x8080808080808080;
    const auto word = boost::endian::load_little_u64(reinterpret_cast<const unsigned char*>(bytes));
    const auto has_zero = [](std::uint64_t each) { return (each - ones) & ~each; };
    // A borrow may mark bytes after the first odd one, but none before it.
    const auto odd = word | has_zero(word ^ (ones * '"')) | has_zero(word ^ (ones * '\\'))
                     | ((word - ones * 0x20) & ~word);
    return static_cast<std::size_t>(std::countr_zero(odd & high)) / 8;
}
#endif

/// Checks the grammar, value by value.
class Checker {
public:
    explicit Checker(std::string_view text, std::vector<Outline::Place>* places = nullptr)
        : text_{text},
          recorder_{places, text.size()}
    {}

    bool run()
    {
        if (!value()) return false;
        while (!open_.is_empty()) {
            if (!take(open_.in_object() ? '}' : ']')) {
                if (!take(',') || !member_name() || !value()) return false;
                continue;
            }
            open_.close();
            recorder_.close(at_);
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
            const auto begin = at_;
            if (c != '{' && c != '[') {
                if (!number_or_word()) return false;
                recorder_.add(begin, at_);
                return true;
            }
            ++at_;
            if (take(c == '{' ? '}' : ']')) {
                recorder_.add(begin, at_);
                return true;
            }
            open_.open(c == '{');
            recorder_.open(begin);
            if (!member_name()) return false;
        }
    }

    void skip_plain() noexcept
    {
        while (at_ + stride <= text_.size()) {
            const auto plain = count_plain(text_.data() + at_);
            at_ += plain;
            if (plain < stride) return;
        }
    }

    bool string()
    {
        const auto begin = at_++;
        bool has_escapes = false;
        while (true) {
            skip_plain();
            if (at_ >= text_.size()) return false;
            const auto c = static_cast<unsigned char>(text_[at_++]);
            if (c == '"') {
                recorder_.add(begin, at_, has_escapes);
                return true;
            }
            if (c < 0x20) return false;
            if (c >= 0x80) skip_foreign();
            if (c != '\\') continue;
            has_escapes = true;
            if (!escape()) return false;
        }
    }

    /// Past the bytes of characters that are not ASCII.
    void skip_foreign() noexcept
    {
        is_ascii_ = false;
        while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) >= 0x80) ++at_;
    }

    /// What comes after a backslash.
    bool escape() noexcept
    {
        if (at_ >= text_.size()) return false;
        const char c = text_[at_];
        if (c == 'u') {
            if (!unit_at(text_, at_ - 1)) return false;
            at_ += 5;
            return true;
        }
        ++at_;
        return std::string_view{"\"\\/bfnrt"}.find(c) != std::string_view::npos;
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
    Recorder recorder_;
};

}  // namespace

bool is_json(std::string_view text) { return Checker{without_mark(text)}.run(); }

bool Outline::read(std::string_view text)
{
    whole_ = text;
    text_ = without_mark(text);
    if (Checker{text_, &places_}.run()) return true;
    places_.clear();
    return false;
}

}  // namespace katydid::json_text
