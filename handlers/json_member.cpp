#include "handlers/json_member.hpp"

namespace katydid::handlers {
namespace {

/// A position in JSON text that only moves forward.
class Cursor {
public:
    explicit Cursor(std::string_view text) : text_{text} {}

    bool take(char expected)
    {
        skip_space();
        if (at_ >= text_.size() || text_[at_] != expected) return false;
        ++at_;
        return true;
    }

    /// The content of a string between its quotes, escapes as they stand.
    std::optional<std::string_view> take_string()
    {
        if (!take('"')) return std::nullopt;
        const auto begin = at_;
        for (; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\\') ++at_;
            else if (text_[at_] == '"') return text_.substr(begin, at_++ - begin);
        }
        return std::nullopt;
    }

    /// Any value, as it stands.
    std::optional<std::string_view> take_value()
    {
        skip_space();
        const auto begin = at_;
        int depth = 0;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '"') {
                if (!take_string()) return std::nullopt;
                continue;
            }
            if (depth == 0 && (c == ',' || c == '}' || c == ']')) break;
            if (c == '{' || c == '[') ++depth;
            if (c == '}' || c == ']') --depth;
            ++at_;
        }
        auto value = text_.substr(begin, at_ - begin);
        while (!value.empty() && is_space(value.back())) value.remove_suffix(1);
        if (value.empty() || depth != 0) return std::nullopt;
        return value;
    }

private:
    static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
    void skip_space()
    {
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::optional<JsonMember> find_member(std::string_view object, std::string_view name)
{
    Cursor cursor{object};
    std::optional<JsonMember> found;
    if (!cursor.take('{') || cursor.take('}')) return std::nullopt;
    do {
        const auto key = cursor.take_string();
        if (!key || !cursor.take(':')) return std::nullopt;
        const auto value = cursor.take_value();
        if (!value) return std::nullopt;
        if (*key == name) found = JsonMember{*value};
    } while (cursor.take(','));
    if (!cursor.take('}')) return std::nullopt;
    return found;
}

std::optional<std::vector<std::string_view>> find_elements(std::string_view array)
{
    Cursor cursor{array};
    std::vector<std::string_view> found;
    if (!cursor.take('[')) return std::nullopt;
    if (cursor.take(']')) return found;
    do {
        const auto value = cursor.take_value();
        if (!value) return std::nullopt;
        found.push_back(*value);
    } while (cursor.take(','));
    if (!cursor.take(']')) return std::nullopt;
    return found;
}

}  // namespace katydid::handlers
