#include "hub/config/tables/toml_json.hpp"

#include <algorithm>
#include <cmath>

namespace katydid::config {

namespace json = boost::json;

bool is_json(const toml::node& node)
{
    if (const auto* table = node.as_table())
        return std::ranges::all_of(*table, [](const auto& each) { return is_json(each.second); });
    if (const auto* list = node.as_array())
        return std::ranges::all_of(*list, [](const auto& each) { return is_json(each); });
    if (const auto* number = node.as_floating_point()) return std::isfinite(number->get());
    return !node.is_date() && !node.is_time() && !node.is_date_time();
}

json::value to_json(const toml::node& node)
{
    if (const auto* table = node.as_table()) {
        json::object object;
        for (const auto& [key, value] : *table) object.emplace(key.str(), to_json(value));
        return object;
    }
    if (const auto* list = node.as_array()) {
        json::array array;
        for (const auto& each : *list) array.push_back(to_json(each));
        return array;
    }
    if (const auto* text = node.as_string()) return json::value(text->get());
    if (const auto* number = node.as_integer()) return number->get();
    if (const auto* number = node.as_floating_point()) return number->get();
    if (const auto* flag = node.as_boolean()) return flag->get();
    return nullptr;
}

}  // namespace katydid::config
