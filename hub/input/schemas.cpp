#include "hub/input/schemas.hpp"

#include "hub/core/codec/embedded.hpp"
#include "hub/schema/json_schema.hpp"

#include <map>
#include <mutex>
#include <stdexcept>

namespace katydid::input {

extern const EmbeddedFiles embedded_files;

namespace {

namespace json = boost::json;

/// What a change may say of a field of a new one: where that is an object that needs members, the
/// change needs none of them.
json::value changed_field(const json::object& all, const json::value& field)
{
    const auto* reference = field.as_object().if_contains("$ref");
    if (reference == nullptr) return field;
    const auto name = reference->as_string().subview(schema_path.size());
    if (!name.starts_with("New") || !all.at(name).as_object().contains("required")) return field;
    auto changed = field.as_object();
    changed["$ref"] = std::string{schema_path}.append("Changed").append(name.substr(3));
    return changed;
}

void add_changes(json::object& all)
{
    const auto files = all;
    for (const auto& [name, fresh] : files) {
        if (!name.starts_with("New")) continue;
        const auto changed = "Changed" + std::string{name.substr(3)};
        auto made = fresh.as_object();
        made.erase("required");
        made.erase("errorMessage");
        made.erase("examples");
        auto& fields = made["properties"].as_object();
        for (auto& field : fields) field.value() = changed_field(files, field.value());
        if (const auto* own = files.if_contains(changed))
            for (const auto& [field, schema] : own->at("properties").as_object())
                fields[field] = schema;
        all[changed] = std::move(made);
    }
}

struct Compiled {
    std::once_flag once;
    schema::JsonSchemaPtr schema;
};

/// Shared by all loops.
struct Schemas {
    Schemas()
    {
        json::object all;
        for (const auto& file : embedded_files) {
            auto named = json::parse(file.text);
            for (auto& [name, schema] : named.get_object())
                if (!all.emplace(name, std::move(schema)).second)
                    throw std::logic_error{"two schemas are named " + std::string{name}};
        }
        add_changes(all);
        for (const auto& each : all) compiled.try_emplace(std::string{each.key()});
        root = {{"components", json::object{{"schemas", std::move(all)}}}};
    }

    const schema::JsonSchema& find(std::string_view name)
    {
        const auto found = compiled.find(name);
        if (found == compiled.end())
            throw std::logic_error{"there is no schema " + std::string{name}};
        auto& entry = found->second;
        std::call_once(entry.once, [&] {
            std::vector<Fault> faults;
            const auto pointer = std::string{schema_path.substr(1)}.append(name);
            entry.schema = schema::JsonSchema::compile(root, faults, pointer);
            if (!entry.schema)
                throw std::logic_error{faults.front().pointer + " " + faults.front().detail};
        });
        return *entry.schema;
    }

    json::value root;
    std::map<std::string, Compiled, std::less<>> compiled;
};

Schemas& instance()
{
    static Schemas all;
    return all;
}

}  // namespace

const json::object& schemas()
{
    return instance().root.at("components").at("schemas").get_object();
}

bool check_schema(std::string_view name, const json::value& value, std::vector<Fault>& faults,
                  std::string_view pointer)
{
    auto found = instance().find(name).check(value);
    for (auto& fault : found)
        faults.push_back({std::string{pointer} + fault.pointer, std::move(fault.detail)});
    return found.empty();
}

namespace {

/// Takes off the member that a pointer names; of a list that has a fault, the whole list.
void erase_at(json::value& value, std::string_view pointer)
{
    const auto end = pointer.rfind('/');
    if (end == std::string_view::npos) return;
    json::error_code error;
    auto* around = value.find_pointer(pointer.substr(0, end), error);
    if (around == nullptr) return;
    if (around->is_array()) return erase_at(value, pointer.substr(0, end));
    auto* object = around->if_object();
    if (object == nullptr) return;
    for (auto& member : *object)
        if (pointer_to("", member.key()) == pointer.substr(end))
            return void(object->erase(&member));
}

}  // namespace

bool take_what_fits(std::string_view name, json::value& value, std::vector<Fault>& faults,
                    std::string_view pointer)
{
    const auto first = faults.size();
    const bool fits = check_schema(name, value, faults, pointer);
    for (std::size_t i = first; i < faults.size(); ++i)
        erase_at(value, std::string_view{faults[i].pointer}.substr(pointer.size()));
    return fits;
}

}  // namespace katydid::input
