#include "handlers/json_member.hpp"

#include <cstring>

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
        at_ = find_closing_quote(text_, begin);
        if (at_ >= text_.size()) return std::nullopt;
        return text_.substr(begin, at_++ - begin);
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

/// Calls `visit(name, value)` for every member. False: the text is no object or breaks off.
template <class Visit>
bool scan(std::string_view object, Visit visit)
{
    Cursor cursor{object};
    if (!cursor.take('{') || cursor.take('}')) return false;
    do {
        const auto key = cursor.take_string();
        if (!key || !cursor.take(':')) return false;
        const auto value = cursor.take_value();
        if (!value) return false;
        visit(*key, *value);
    } while (cursor.take(','));
    return cursor.take('}');
}

}  // namespace

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

std::optional<JsonMember> find_member(std::string_view object, std::string_view name)
{
    std::optional<JsonMember> found;
    const bool whole = scan(object, [&](std::string_view key, std::string_view value) {
        if (key == name) found = JsonMember{value};
    });
    return whole ? found : std::nullopt;
}

std::pair<std::optional<JsonMember>, std::optional<JsonMember>>
find_members(std::string_view object, std::string_view first, std::string_view second)
{
    std::pair<std::optional<JsonMember>, std::optional<JsonMember>> found;
    const bool whole = scan(object, [&](std::string_view key, std::string_view value) {
        if (key == first) found.first = JsonMember{value};
        if (key == second) found.second = JsonMember{value};
    });
    if (!whole) found = {};
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
