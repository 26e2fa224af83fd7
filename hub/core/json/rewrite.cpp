#include "hub/core/json/rewrite.hpp"

#include "hub/core/codec/utf8.hpp"
#include "hub/core/json/escape.hpp"
#include "hub/core/json/scan.hpp"

#include <algorithm>

namespace katydid::json_text {
namespace {

constexpr std::string_view begins_scalar = "\"-0123456789";
constexpr std::string_view in_number = "+-.0123456789eE";
constexpr std::size_t number_bytes_min = 8;  ///< shorter ones are equal by chance

/// Appends what stands between two quotes as a strict parser takes it.
void put_repaired(std::string& out, std::string_view content)
{
    for (auto at = content.find('\\'); at < content.size(); at = content.find('\\')) {
        const bool is_half = unit_at(content, at) && !character_at(content, at).code;
        const auto size = std::min(character_at(content, at).size, content.size() - at);
        out.append(content.substr(0, at));
        out.append(is_half ? replacement_character : content.substr(at, size));
        content.remove_prefix(at + size);
    }
    out.append(content);
}

}  // namespace

std::string repaired(std::string_view text)
{
    text = without_mark(text);
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        out.push_back(text[at]);
        if (text[at] != '"') continue;
        const auto end = find_closing_quote(text, at + 1);
        put_repaired(out, text.substr(at + 1, end - at - 1));
        if (end < text.size()) out.push_back('"');
        at = end;
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
    const auto replace = [&](std::size_t begin, std::size_t end) {
        if (!out) out.emplace();
        out->append(text.substr(copied, begin - copied)).append("null");
        copied = end;
    };
    for (auto at = text.find_first_of(begins_scalar); at < text.size();
         at = text.find_first_of(begins_scalar, at)) {
        if (text[at] != '"') {
            const auto end = std::min(text.find_first_not_of(in_number, at), text.size());
            const auto number = text.substr(at, end - at);
            if (number.size() >= number_bytes_min && is_one(number)) replace(at, end);
            at = end;
            continue;
        }
        const auto end = find_closing_quote(text, at + 1);
        if (end >= text.size()) break;
        const bool is_value = Cursor{text.substr(end + 1)}.peek() != ':';
        if (is_value && is_one(text.substr(at + 1, end - at - 1))) replace(at, end + 1);
        at = end + 1;
    }
    if (out) out->append(text.substr(copied));
    return out;
}

}  // namespace katydid::json_text
