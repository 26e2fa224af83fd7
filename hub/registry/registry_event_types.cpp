// The catalog of event types.
#include "hub/observe/log.hpp"
#include "hub/registry/registry.hpp"

#include <set>

namespace katydid::registry {

awaitable<result<void>> Registry::load_event_types()
{
    auto records = co_await store_.records(event_type_kind);
    if (!records) co_return records.error();
    std::set<std::pair<TenantId, std::string>> listed;
    for (const auto& record : *records) {
        listed.emplace(record.tenant, record.id);
        const auto known = tables().event_type(record.tenant, record.id);
        if (known && known->version == record.version && known->updated_at == record.updated_at)
            continue;
        auto type = read_event_type(record);
        if (!type) {
            log::error("event_type.unreadable", type.error().message, {{"type", record.id}});
            continue;
        }
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
