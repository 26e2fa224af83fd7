#include "hub/store/postgres/write/recogniser.hpp"
#include "hub/store/postgres/sql/batch.sql.hpp"

namespace katydid::store::postgres {
namespace {

const TenantId& tenant_of(const PreparedAppend& prepared) { return prepared.append.event->tenant; }

}  // namespace

Recogniser::Recogniser(const std::vector<AppendOrder*>& orders) : orders_{orders}
{
    for (const auto* order : orders_)
        for (const auto& key : order->prepared.keys)
            entries_.try_emplace({tenant_of(order->prepared), key.text()},
                                 Entry{&order->prepared, &key, false, {}, {}});
}

void Recogniser::add_keys(Connection& connection)
{
    Array tenants{Type::id}, keys{Type::bytes}, events{Type::id}, digests{Type::bytes};
    for (const auto& [place, entry] : entries_) {
        tenants.add(place.first);
        keys.add(place.second);
        events.add(entry.first->append.event->id);
        digests.add(entry.first->digest_for(*entry.key));
    }
    const auto params = Params::of(std::move(tenants), std::move(keys), std::move(events),
                                   std::move(digests));
    connection.add(sql::insert_dedupe, params);
}

void Recogniser::note_added(const Rows& rows)
{
    for (int row = 0; row < rows.size(); ++row)
        entries_.at({rows.id<TenantId>(row, 0), rows.bytes(row, 1)}).added = true;
}

awaitable<void> Recogniser::find_known(Connection& connection)
{
    Array tenants{Type::id}, keys{Type::bytes};
    for (const auto& [place, entry] : entries_) {
        if (entry.added) continue;
        tenants.add(place.first);
        keys.add(place.second);
    }
    if (keys.size() == 0) co_return;
    const auto params = Params::of(std::move(tenants), std::move(keys));
    const auto rows = co_await connection.ask(sql::find_dedupe, params);
    for (int row = 0; row < rows.size(); ++row) {
        auto& entry = entries_.at({rows.id<TenantId>(row, 0), rows.bytes(row, 1)});
        entry.event = rows.id<EventId>(row, 2);
        entry.digest = rows.text(row, 3);
    }
}

void Recogniser::decide()
{
    for (auto* order : orders_) judge(*order);
}

void Recogniser::judge(AppendOrder& order)
{
    const auto& prepared = order.prepared;
    auto& answer = order.answer;
    answer = {};
    answer.event = prepared.append.event->id;
    for (const auto& key : prepared.keys) {
        const auto& entry = entry_of(prepared, key);
        if (!entry.event) continue;
        if (key.is_same) {
            answer = {};
            answer.event = *entry.event;
            answer.duplicate = true;
            answer.same_payload = prepared.is_same_payload(entry.digest, key);
            break;
        }
        if (!answer.repeat_of) answer.repeat_of = entry.event;
    }
    answer.refused = answer.repeat_of && prepared.append.identity.refuses_repeats;
    if (answer.refused) {
        answer.event = *answer.repeat_of;
        return;
    }
    for (const auto& key : prepared.keys) {
        auto& entry = entry_of(prepared, key);
        if (entry.event) continue;
        entry.event = answer.event;
        entry.digest = prepared.digest_for(key);
    }
}

std::size_t Recogniser::correct_keys(Connection& connection)
{
    Array tenants{Type::id}, keys{Type::bytes}, events{Type::id}, digests{Type::bytes};
    Array gone_tenants{Type::id}, gone_keys{Type::bytes};
    for (const auto& [place, entry] : entries_) {
        if (!entry.added || entry.event == entry.first->append.event->id) continue;
        if (!entry.event) {
            gone_tenants.add(place.first);
            gone_keys.add(place.second);
            continue;
        }
        tenants.add(place.first);
        keys.add(place.second);
        events.add(*entry.event);
        digests.add(std::string_view{entry.digest});
    }
    std::size_t statements = 0;
    if (keys.size() > 0) {
        const auto params = Params::of(std::move(tenants), std::move(keys), std::move(events),
                                       std::move(digests));
        connection.add(sql::correct_dedupe, params);
        ++statements;
    }
    if (gone_keys.size() > 0) {
        const auto params = Params::of(std::move(gone_tenants), std::move(gone_keys));
        connection.add(sql::delete_dedupe_keys, params);
        ++statements;
    }
    return statements;
}

Recogniser::Entry& Recogniser::entry_of(const PreparedAppend& prepared, const DedupeKey& key)
{
    return entries_.at({tenant_of(prepared), key.text()});
}

}  // namespace katydid::store::postgres
