#include "hub/bridge/catalogs.hpp"

#include "handlers/dialects/dialects.hpp"
#include "hub/core/json/parse.hpp"
#include "hub/observe/log.hpp"
#include "signing/algorithms/digest.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace katydid::bridge {
namespace {

namespace json = boost::json;

/// One record says what was offered, so that what the tenant removed does not come back.
constexpr const char* record_kind = "catalog";
constexpr const char* record_id = "bridge";

std::string text_of(const json::value& value)
{
    return std::string{std::string_view{value.as_string()}};
}

json::value embedded(const std::string& name)
{
    const auto text = embedded_text(dialects::embedded_files, name);
    return json::parse(json::string_view{text.data(), text.size()});
}

struct Described {
    json::array schemas;  ///< one for each platform that sends the type
    std::string titles;
};

void collect(const std::string& platform, std::map<std::string, Described>& types)
{
    const auto catalog = embedded(platform + "/catalog.json");
    for (const auto* list : {"types", "bridge"})
        for (const auto& row : catalog.at(list).as_array()) {
            auto schema = embedded(platform + "/schemas/" + text_of(row.at("schema")) + ".json");
            auto& described = types[text_of(row.at("type"))];
            const auto title = text_of(schema.at("title"));
            described.titles += (described.titles.empty() ? "" : "; ") + title;
            described.schemas.push_back(std::move(schema));
        }
}

registry::EventType make_type(const std::string& name, Described described)
{
    registry::EventType type;
    type.tenant = default_tenant();
    type.name = name;
    type.description = std::move(described.titles);
    type.version = 0;
    json::value schema = described.schemas.front();
    if (described.schemas.size() > 1) {
        json::object either;
        for (auto& each : described.schemas) each.as_object().erase("$schema");
        either["anyOf"] = std::move(described.schemas);
        schema = std::move(either);
    }
    type.schema_text = json::serialize(schema);
    std::vector<Fault> faults;
    type.schema = schema::JsonSchema::compile(schema, faults);
    if (!type.schema)
        throw std::logic_error{name + ": " + faults.front().pointer + " " + faults.front().detail};
    return type;
}

Offered read_offered(const store::Record& record)
{
    Offered offered;
    const auto value = json_text::parse_or_null(record.json);
    if (!value.is_object()) return offered;
    for (const auto& [name, hash] : value.get_object())
        if (hash.is_string()) offered.emplace(std::string_view{name}, text_of(hash));
    return offered;
}

store::Record make_record(const Offered& offered, Timestamp now)
{
    json::object object;
    for (const auto& [name, hash] : offered) object[name] = hash;
    store::Record record;
    record.kind = record_kind;
    record.id = record_id;
    record.json = json::serialize(object);
    record.version = 0;  // whatever was there before
    record.updated_at = now;
    record.is_setting = false;
    return record;
}

}  // namespace

std::vector<registry::EventType> catalog_types()
{
    std::map<std::string, Described> described;
    for (const auto* platform : {"atlvs", "grasshopper"}) collect(platform, described);
    std::vector<registry::EventType> types;
    for (auto& [name, each] : described) types.push_back(make_type(name, std::move(each)));
    return types;
}

std::vector<registry::EventType> types_to_put(std::vector<registry::EventType> types,
                                              const std::vector<registry::EventTypePtr>& known,
                                              Offered& offered)
{
    std::vector<registry::EventType> chosen;
    for (auto& type : types) {
        const auto hash = signing::sha256_hex(type.schema_text);
        const auto there = std::ranges::find(known, type.name, &registry::EventType::name);
        const auto before = offered.find(type.name);
        const bool was_offered = before != offered.end();
        if (there == known.end() ? was_offered : !was_offered) continue;
        if (there != known.end()) {
            const bool is_ours = signing::sha256_hex((*there)->schema_text) == before->second;
            if (!is_ours || before->second == hash) continue;
            type.version = (*there)->version;
            type.created_at = (*there)->created_at;
        }
        offered.insert_or_assign(type.name, hash);
        chosen.push_back(std::move(type));
    }
    return chosen;
}

awaitable<result<void>> offer_catalogs(store::Records& store, registry::Registry& registry,
                                       const registry::Tables& tables)
{
    auto record = co_await store.record(default_tenant(), record_kind, record_id);
    if (!record && record.error() != errc::not_found) co_return record.error();
    auto offered = record ? read_offered(*record) : Offered{};
    auto types = types_to_put(catalog_types(), tables.event_types(default_tenant()), offered);
    if (types.empty()) co_return result<void>{};
    const auto count = types.size();
    for (auto& type : types) {
        const auto put = co_await registry.event_types.put(std::move(type));
        // Another hub on the same store offers the same.
        if (!put && put.error() != errc::conflict) co_return put.error();
    }
    auto noted = make_record(offered, system_clock().now());
    auto written = co_await store.put_record(std::move(noted));
    if (!written) co_return written.error();
    log::info("bridge.catalogs", "the platforms' event types are in the catalog",
              {{"count", count}});
    co_return result<void>{};
}

}  // namespace katydid::bridge
