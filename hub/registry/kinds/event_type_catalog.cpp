#include "hub/registry/kinds/event_type_catalog.hpp"

#include <algorithm>

namespace katydid::registry {

template class Catalog<EventType>;

namespace {

constexpr std::size_t event_types_max = 2'000;  ///< of a tenant
/// Of all schemas of a tenant: compiling them takes half a second at a start.
constexpr std::uint64_t schemas_work_max = 50'000'000;

std::uint64_t work_of(const EventType& type)
{
    return type.schema ? type.schema->compile_work() : 0;
}

}  // namespace

boost::json::object EventTypeCatalog::to_json(const EventType& row, store::Record&) const
{
    return {{"description", row.description},
            {"schema", row.schema_text},
            {"created_at", time_json(row.created_at)}};
}

EventTypeCatalog::Others EventTypeCatalog::others(TenantId tenant, const std::string& name) const
{
    Others others;
    for (auto each = rows_.lower_bound({tenant, ""});
         each != rows_.end() && each->first.first == tenant; ++each) {
        if (each->first.second == name) continue;
        ++others.count;
        others.work += work_of(*each->second);
    }
    return others;
}

result<EventType> EventTypeCatalog::from_json(const store::Record& record,
                                              const boost::json::object& object, const EventType*)
{
    EventType type;
    type.name = record.id;
    type.description = object.at("description").as_string();
    type.schema_text = object.at("schema").as_string();
    type.created_at = read_time(object.at("created_at")).value();
    if (type.schema_text.empty()) return type;
    const auto spent = others(record.tenant, record.id).work;
    WorkBudget budget{schemas_work_max - std::min(spent, schemas_work_max)};
    std::vector<Fault> faults;
    const auto root = boost::json::parse(type.schema_text);
    type.schema = schema::JsonSchema::compile(root, faults, {}, &budget);
    if (type.schema) return type;
    log::error("event_type.schema_disabled",
               "the schema is not enforced: any data of this type is taken",
               {{"type", record.id},
                {"tenant", record.tenant.to_string()},
                {"fault", "#" + faults.front().pointer + " " + faults.front().detail},
                {"hint", "replace it with PUT /v1/event-types/{name}"}});
    return type;
}

std::optional<Error> EventTypeCatalog::refusal(const EventType& row, const EventType*)
{
    const auto there = others(row.tenant, row.name);
    if (there.count >= event_types_max)
        return Error{errc::invalid_argument,
                     "There are 2000 event types already: delete one that is not used."};
    if (there.work + work_of(row) > schemas_work_max)
        return Error{errc::invalid_argument,
                     "The schemas of all event types together take too long to prepare: use fewer "
                     "or shorter regular expressions and lists of values."};
    return std::nullopt;
}

void EventTypeCatalog::put_into(const LoopBinding& loop, const EventTypePtr& row)
{
    loop.tables->put_event_type(row);
}

void EventTypeCatalog::remove_from(const LoopBinding& loop, const EventType& row)
{
    loop.tables->remove_event_type(row.tenant, row.name);
}

}  // namespace katydid::registry
