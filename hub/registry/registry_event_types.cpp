// The catalog of event types.
#include "hub/observe/log.hpp"
#include "hub/registry/registry.hpp"

#include <set>
#include <unordered_map>

namespace katydid::registry {
namespace {

constexpr std::size_t event_types_max = 2'000;  ///< of a tenant
/// Of all schemas of a tenant: compiling them takes half a second at a start.
constexpr std::uint64_t schemas_work_max = 50'000'000;

std::uint64_t work_of(const EventTypePtr& type)
{
    return type->schema ? type->schema->compile_work() : 0;
}

/// Why the tenant's catalog cannot have this type too.
std::optional<Error> excess(const std::vector<EventTypePtr>& catalog, const EventType& added)
{
    std::size_t others = 0;
    auto work = added.schema ? added.schema->compile_work() : 0;
    for (const auto& type : catalog) {
        if (type->name == added.name) continue;
        ++others;
        work += work_of(type);
    }
    if (others >= event_types_max)
        return Error{errc::invalid_argument,
                     "There are 2000 event types already: delete one that is not used."};
    if (work > schemas_work_max)
        return Error{errc::invalid_argument,
                     "The schemas of all event types together take too long to prepare: use fewer "
                     "or shorter regular expressions and lists of values."};
    return std::nullopt;
}

}  // namespace

/// A type whose schema cannot be compiled, or not within the tenant's budget, stays in the catalog
/// without it: one schema must not keep the hub from starting.
awaitable<result<void>> Registry::load_event_types()
{
    auto records = co_await store_.records(event_type_kind);
    if (!records) co_return records.error();
    std::set<std::pair<TenantId, std::string>> listed;
    std::unordered_map<TenantId, WorkBudget> budgets;
    for (const auto& record : *records) {
        listed.emplace(record.tenant, record.id);
        const auto known = tables().event_type(record.tenant, record.id);
        auto& budget = budgets.try_emplace(record.tenant, schemas_work_max).first->second;
        if (known && known->version == record.version && known->updated_at == record.updated_at) {
            budget.spend(work_of(known));
            continue;
        }
        auto type = read_event_type(record, budget);
        if (!type) {
            log::error("event_type.unreadable", type.error().message, {{"type", record.id}});
            continue;
        }
        if (!type->schema_fault.empty())
            log::error("event_type.schema_disabled",
                       "the schema is not enforced: any data of this type is taken",
                       {{"type", record.id},
                        {"tenant", record.tenant.to_string()},
                        {"fault", type->schema_fault},
                        {"hint", "replace it with PUT /v1/event-types/{name}"}});
        auto pointer = std::make_shared<const EventType>(std::move(*type));
        Change change = [pointer](const Seat& seat) { seat.tables->put_event_type(pointer); };
        co_await tell_all(std::move(change));
    }
    for (const auto& tenant : tables().tenants())
        for (const auto& type : tables().event_types(tenant->id)) {
            if (listed.contains({type->tenant, type->name})) continue;
            Change change = [type](const Seat& seat) {
                seat.tables->remove_event_type(type->tenant, type->name);
            };
            co_await tell_all(std::move(change));
        }
    co_return result<void>{};
}

awaitable<result<EventTypePtr>> Registry::put_event_type(EventType type)
{
    auto stored = co_await one_by_one(store_event_type(std::move(type)));
    co_return stored;
}

awaitable<result<EventTypePtr>> Registry::store_event_type(EventType type)
{
    if (auto refused = excess(tables().event_types(type.tenant), type)) co_return *refused;
    type.updated_at = clock_.now();
    if (type.version == 0) type.created_at = type.updated_at;
    ++type.version;
    auto record = to_record(type);
    auto put = co_await store_.put_record(std::move(record));
    if (!put) co_return put.error();
    EventTypePtr pointer = std::make_shared<const EventType>(std::move(type));
    Change change = [pointer](const Seat& seat) { seat.tables->put_event_type(pointer); };
    co_await tell_all(std::move(change));
    co_return pointer;
}

awaitable<result<void>> Registry::remove_event_type(TenantId tenant, std::string name,
                                                    std::optional<std::uint64_t> base)
{
    auto removed = co_await one_by_one(drop_event_type(tenant, std::move(name), base));
    co_return removed;
}

awaitable<result<void>> Registry::drop_event_type(TenantId tenant, std::string name,
                                                  std::optional<std::uint64_t> base)
{
    const auto known = tables().event_type(tenant, name);
    if (base && known && known->version != *base) co_return changed_meanwhile();
    auto deleted = co_await store_.delete_record(tenant, event_type_kind, name);
    if (!deleted) co_return deleted.error();
    Change change = [tenant, name](const Seat& seat) {
        seat.tables->remove_event_type(tenant, name);
    };
    co_await tell_all(std::move(change));
    co_return result<void>{};
}

}  // namespace katydid::registry
