#include "handlers/json_member.hpp"

namespace katydid::handlers {

std::optional<JsonMember> find_member(std::string_view object, std::string_view name)
{
    return find_members(object, name, {}).first;
}

std::pair<std::optional<JsonMember>, std::optional<JsonMember>>
find_members(std::string_view object, std::string_view first, std::string_view second)
{
    std::pair<std::optional<JsonMember>, std::optional<JsonMember>> found;
    const auto note = [&](std::string_view name, std::string_view value) {
        if (json_text::is_name(name, first)) found.first = JsonMember{value};
        if (json_text::is_name(name, second)) found.second = JsonMember{value};
    };
    if (!json_text::for_each_member(json_text::without_mark(object), note)) found = {};
    return found;
}

}  // namespace katydid::handlers
