#include "hub/api/json_slice.hpp"

#include <algorithm>

namespace katydid::api {
namespace {

constexpr std::string_view white_space = " \t\r\n";

/// Walks over validated JSON without building anything.
class Walker {
public:
    explicit Walker(std::string_view text) : text_{text} {}

    void skip_space()
    {
        const auto next = text_.find_first_not_of(white_space, at_);
        at_ = next == std::string_view::npos ? text_.size() : next;
    }

    [[nodiscard]] bool ended() const { return at_ >= text_.size(); }
    [[nodiscard]] char peek() const { return ended() ? '\0' : text_[at_]; }
    void step() { ++at_; }

    /// A string with its quotes.
    std::string_view string()
    {
        const auto begin = at_;
        for (++at_; !ended() && text_[at_] != '"'; ++at_)
            if (text_[at_] == '\\') ++at_;
        ++at_;
        return text_.substr(begin, at_ - begin);
    }

    std::string_view value()
    {
        const auto begin = at_;
        if (peek() == '"') return string();
        if (peek() == '{' || peek() == '[') skip_structure();
        else at_ = std::min(text_.find_first_of(",}] \t\r\n", at_), text_.size());
        return text_.substr(begin, at_ - begin);
    }

private:
    void skip_structure()
    {
        std::size_t depth = 0;
        while (!ended()) {
            const char c = text_[at_];
            if (c == '"') {
                string();
                continue;
            }
            ++at_;
            if (c == '{' || c == '[') ++depth;
            if ((c == '}' || c == ']') && --depth == 0) return;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::optional<std::string_view> top_level_value(std::string_view text, std::string_view name)
{
    Walker walker{text};
    std::optional<std::string_view> found;
    walker.skip_space();
    if (walker.peek() != '{') return std::nullopt;
    walker.step();
    for (walker.skip_space(); !walker.ended() && walker.peek() != '}'; walker.skip_space()) {
        const auto key = walker.string();
        walker.skip_space();
        walker.step();  // ':'
        walker.skip_space();
        const auto value = walker.value();
        if (key.size() == name.size() + 2 && key.substr(1, name.size()) == name) found = value;
        walker.skip_space();
        if (walker.peek() == ',') walker.step();
    }
    return found;
}

std::vector<std::string_view> array_elements(std::string_view text, std::size_t count_max)
{
    std::vector<std::string_view> elements;
    Walker walker{text};
    walker.skip_space();
    if (walker.peek() != '[') return elements;
    walker.step();
    for (walker.skip_space(); !walker.ended() && walker.peek() != ']'; walker.skip_space()) {
        if (elements.size() == count_max) return elements;
        elements.push_back(walker.value());
        walker.skip_space();
        if (walker.peek() == ',') walker.step();
    }
    return elements;
}

}  // namespace katydid::api
