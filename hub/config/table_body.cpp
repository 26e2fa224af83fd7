#include "hub/config/table_body.hpp"

#include "hub/api/input/schemas.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>

namespace katydid::config {
namespace {

namespace json = boost::json;

const json::object& schema_of(std::string_view name)
{
    return api::schemas().at(name).get_object();
}

/// Each key of a flat table, with the object of the body that it is in.
std::map<std::string, std::string, std::less<>> groups_of(std::string_view schema)
{
    std::map<std::string, std::string, std::less<>> groups;
    for (const auto& [name, field] : schema_of(schema).at("properties").as_object()) {
        const auto* reference = field.get_object().if_contains("$ref");
        const json::value* inner = nullptr;
        if (reference != nullptr)
            inner = schema_of(reference->as_string().subview(api::schema_path.size()))
                        .if_contains("properties");
        if (inner == nullptr) groups.emplace(name, "");
        else
            for (const auto& each : inner->get_object()) groups.emplace(each.key(), name);
    }
    return groups;
}

/// JSON has no dates, no `nan` and no `inf`.
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

}  // namespace

TableBody::TableBody(const TomlText& text, const toml::table& table, std::string_view schema,
                     const std::set<std::string_view>& others)
    : text_{text},
      table_{table},
      groups_{groups_of(schema)}
{
    read(others);
    check(schema);
}

void TableBody::read(const std::set<std::string_view>& others)
{
    for (const auto& [key, group] : groups_)
        if (!group.empty()) object.emplace(group, json::object{});
    for (const auto& [key, node] : table_) {
        const std::string_view name = key.str();
        const auto known = groups_.find(name);
        if (others.contains(name)) continue;
        if (known == groups_.end())
            text_.refuse(node, "there is no key \"" + std::string{name} + "\" in this table");
        else if (!is_json(node))
            text_.refuse(node, std::string{name} + ": dates, nan and inf cannot be used here");
        else if (known->second.empty()) object.emplace(name, to_json(node));
        else object.at(known->second).as_object().emplace(name, to_json(node));
    }
}

void TableBody::check(std::string_view schema)
{
    for (bool is_changed = true; std::exchange(is_changed, false);) {
        std::vector<Fault> faults;
        api::check_schema(schema, object, faults);
        // What was left out is missing now, which is no mistake of its own.
        std::erase_if(faults, [this](const Fault& fault) {
            return refused_.contains(place_of(fault.pointer).key);
        });
        for (const auto& fault : faults) is_changed |= erase(place_of(fault.pointer).key);
        refuse(faults);
    }
}

TableBody::Place TableBody::place_of(std::string_view pointer) const
{
    Place place;
    while (!pointer.empty() && (place.key.empty() || !groups_.contains(place.key))) {
        const auto end = std::min(pointer.find('/', 1), pointer.size());
        place.key = pointer.substr(1, end - 1);
        pointer.remove_prefix(end);
    }
    place.rest = pointer;
    return place;
}

bool TableBody::erase(const std::string& key)
{
    const auto known = groups_.find(key);
    if (known == groups_.end()) return false;
    auto& inside = known->second.empty() ? object : object.at(known->second).as_object();
    return inside.erase(key) > 0;
}

void TableBody::refuse(const std::vector<Fault>& faults)
{
    for (const auto& [pointer, detail] : faults) {
        const auto [key, rest] = place_of(pointer);
        const auto name = "\"" + key + rest + "\"" + (detail.starts_with('"') ? ": " : " ");
        const auto sentence = detail.starts_with("the ") ? detail : name + detail;
        refused_.insert(key);
        if (const auto* node = table_.get(key)) text_.refuse(*node, sentence);
        else text_.refuse_absent(table_, sentence);
    }
}

}  // namespace katydid::config
