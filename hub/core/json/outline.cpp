#include "hub/core/json/outline.hpp"

#include "hub/core/json/pointer.hpp"
#include "hub/core/json/scan.hpp"

#include <utility>

namespace katydid::json_text {

std::optional<Outline::Value> Outline::Value::member(std::string_view name) const
{
    std::optional<Value> found;
    if (!is_object()) return found;
    for_each_member([&](Value each, Value value) {
        const bool is_one = each.has_escapes() ? is_name(each.content(), name)
                                               : each.content() == name;
        if (is_one) found = value;
        return true;
    });
    return found;
}

std::optional<std::string_view> Outline::find(std::string_view pointer) const
{
    std::optional<Value> found = root();
    while (found && !pointer.empty()) {
        const auto token = take_token(pointer);
        if (found->is_object()) {
            found = found->member(token);
            continue;
        }
        const auto array = std::exchange(found, std::nullopt);
        auto index = array->is_array() ? index_of(token) : std::nullopt;
        if (!index) break;
        array->for_each_element([&](Value value) {
            if (*index == 0) found = value;
            return (*index)-- > 0;
        });
    }
    if (!found) return std::nullopt;
    return found->text();
}

}  // namespace katydid::json_text
