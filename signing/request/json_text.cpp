#include "signing/request/json_text.hpp"

#include "hub/core/json/scan.hpp"

#include <string>
#include <unordered_set>
#include <vector>

namespace katydid::signing {

std::size_t count_json_values(std::string_view text) noexcept
{
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') i = json_text::find_closing_quote(text, i + 1);
        else if (text[i] == ',' || text[i] == '[' || text[i] == '{') ++count;
    }
    return count;
}

bool has_repeated_member(std::string_view text)
{
    std::vector<std::unordered_set<std::string>> open;  // the names of each object around
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '{' || c == '[') open.emplace_back();
        if ((c == '}' || c == ']') && !open.empty()) open.pop_back();
        if (c != '"') continue;
        const auto begin = i + 1;
        i = json_text::find_closing_quote(text, begin);
        const auto next = text.find_first_not_of(" \t\r\n", i + 1);
        if (next == std::string_view::npos || text[next] != ':' || open.empty()) continue;
        auto name = json_text::unescaped(text.substr(begin, i - begin));
        if (!open.back().insert(std::move(name)).second) return true;
    }
    return false;
}

}  // namespace katydid::signing
