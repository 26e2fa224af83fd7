#include "hub/core/text/text.hpp"

namespace katydid {

std::string_view trimmed(std::string_view text, std::string_view blank) noexcept
{
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string lower_case(std::string_view text)
{
    std::string out{text};
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::vector<std::string> split_list(std::string_view text)
{
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto comma = text.find(',');
        auto part = text.substr(0, comma);
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
        const auto first = part.find_first_not_of(" \t");
        if (first == std::string_view::npos) continue;
        part = part.substr(first, part.find_last_not_of(" \t") - first + 1);
        parts.emplace_back(part);
    }
    return parts;
}

std::string scoped_id(std::string_view scope, std::string_view id)
{
    constexpr auto npos = std::string_view::npos;
    std::string text{scope};
    text += '#';
    // An id that looks encoded is encoded once more: what is written differs as the ids do.
    if (id.find('#') == npos && id.find("%23") == npos && id.find("%25") == npos)
        return text.append(id);
    for (const char c : id) {
        if (c == '#') text += "%23";
        else if (c == '%') text += "%25";
        else text += c;
    }
    return text;
}

}  // namespace katydid
