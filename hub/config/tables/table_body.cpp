#include "hub/config/tables/table_body.hpp"

#include "hub/input/schemas.hpp"
#include "hub/config/tables/toml_json.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::config {
namespace {

namespace json = boost::json;

const json::object& schema_of(std::string_view name)
{
    return input::schemas().at(name).get_object();
}

/// Each key of a flat table, with the object of the body that it is in.
std::map<std::string, std::string, std::less<>> groups_of(std::string_view schema)
{
    std::map<std::string, std::string, std::less<>> groups;
    for (const auto& [name, field] : schema_of(schema).at("properties").as_object()) {
        const auto* reference = field.get_object().if_contains("$ref");
        const json::value* inner = nullptr;
        if (reference != nullptr)
            inner = schema_of(reference->as_string().subview(input::schema_path.size()))
                        .if_contains("properties");
        if (inner == nullptr) groups.emplace(name, "");
        else
            for (const auto& each : inner->get_object()) groups.emplace(each.key(), name);
    }
    return groups;
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
        if (others.contains(name)) continue;
        const auto* group = object.if_contains(name);
        const auto* inside = node.as_table();
        if (groups_.contains(name) || group == nullptr || inside == nullptr) add(node, name);
        else
            for (const auto& [inner, value] : *inside) add(value, inner.str());
    }
}

void TableBody::add(const toml::node& node, std::string_view name)
{
    const auto known = groups_.find(name);
    if (known == groups_.end())
        return text_.refuse(node, "there is no key \"" + std::string{name} + "\" in this table");
    if (!is_json(node))
        return text_.refuse(node, std::string{name} + ": dates, nan and inf cannot be used here");
    auto& into = known->second.empty() ? object : object.at(known->second).as_object();
    into.emplace(name, to_json(node));
}

void TableBody::check(std::string_view schema)
{
    for (bool is_changed = true; std::exchange(is_changed, false);) {
        std::vector<Fault> faults;
        input::check_schema(schema, object, faults);
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

const toml::node* TableBody::find(const std::string& key) const
{
    if (const auto* node = table_.get(key)) return node;
    const auto known = groups_.find(key);
    if (known == groups_.end() || known->second.empty()) return nullptr;
    const auto* group = table_.get(known->second);
    const auto* inside = group == nullptr ? nullptr : group->as_table();
    return inside == nullptr ? nullptr : inside->get(key);
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
        if (const auto* node = find(key)) text_.refuse(*node, sentence);
        else text_.refuse_absent(table_, sentence);
    }
}

}  // namespace katydid::config
