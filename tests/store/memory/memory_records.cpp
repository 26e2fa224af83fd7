#include "tests/store/memory/memory_records.hpp"

#include "hub/store/shared/encoding.hpp"
#include "hub/store/shared/record_names.hpp"

#include <algorithm>

namespace katydid::test {

using namespace store;

result<void> MemoryRecords::put(Record record)
{
    const Key key{record.kind, record.tenant, record.id};
    const auto found = records_.find(key);
    const bool is_there = found != records_.end()
                          && (!found->second.expires_at
                              || *found->second.expires_at > record.updated_at);
    const auto stored = is_there ? found->second.version : 0;
    if (record.version != 0 && stored != record.version - 1) return record_changed(record);
    if (is_name_taken(record)) return name_taken(record);
    record.version = stored + 1;
    records_.insert_or_assign(key, std::move(record));
    return {};
}

bool MemoryRecords::is_name_taken(const Record& record) const
{
    return !record.name.empty() && std::ranges::any_of(records_, [&](const auto& each) {
        const auto& other = each.second;
        return other.tenant == record.tenant && other.kind == record.kind
               && other.name == record.name && other.id != record.id;
    });
}

result<void> MemoryRecords::remove(TenantId tenant, const std::string& kind, const std::string& id)
{
    if (records_.erase({kind, tenant, id}) == 1) return {};
    return no_such_record(id);
}

std::vector<Record> MemoryRecords::list(const std::string& kind) const
{
    std::vector<Record> found;
    for (const auto& [key, record] : records_)
        if (record.kind == kind) found.push_back(record);
    return found;
}

result<Record> MemoryRecords::find(TenantId tenant, const std::string& kind,
                                   const std::string& id) const
{
    const auto found = records_.find({kind, tenant, id});
    if (found == records_.end()) return no_such_record(id);
    return found->second;
}

void MemoryRecords::add_audit(AuditEntry entry)
{
    auto& log = audit_[entry.tenant];
    AuditRow row;
    row.number = log.size() + 1;
    if (!log.empty()) row.previous_hash = log.back().hash;
    const auto digest = chain_hash(entry, row.previous_hash);
    row.hash.assign(digest.begin(), digest.end());
    row.entry = std::move(entry);
    log.push_back(std::move(row));
}

std::vector<AuditRow> MemoryRecords::list_audit(const AuditQuery& query) const
{
    const auto matches = [&](const AuditRow& row) {
        const auto& entry = row.entry;
        const auto& action = query.action;
        const bool is_action = !action || *action == entry.action
                               || (action->ends_with(".*")
                                   && entry.action.starts_with(
                                       action->substr(0, action->size() - 1)));
        const bool is_ahead = !query.cursor
                              || (query.ascending ? row.number > *query.cursor
                                                  : row.number < *query.cursor);
        return is_action && is_ahead && (!query.actor || *query.actor == entry.actor)
               && (!query.object || *query.object == entry.object)
               && (!query.since || entry.at >= *query.since)
               && (!query.until || entry.at < *query.until);
    };
    std::vector<AuditRow> rows;
    const auto log = audit_.find(query.tenant);
    if (log == audit_.end()) return rows;
    std::ranges::copy_if(log->second, std::back_inserter(rows), matches);
    if (!query.ascending) std::ranges::reverse(rows);
    if (rows.size() > query.limit) rows.resize(query.limit);
    return rows;
}

void MemoryRecords::add_rejected(Rejected rejected, const RejectedBounds& bounds)
{
    if (!rejected.body) rejected.body = std::make_shared<const std::string>();
    const auto tenant = rejected.tenant;
    rejected_.push_back(std::move(rejected));
    trim_rejected(tenant, bounds);
}

/// As trim_rejected in hub/store/sqlite/sql/rejected.sql says.
void MemoryRecords::trim_rejected(TenantId tenant, const RejectedBounds& bounds)
{
    struct Kept {
        bool verified;
        double share;  ///< how full the bounds would be with it and all newer ones of its source
        std::size_t index;
        std::uint64_t bytes;
    };
    struct Sum {
        double count = 0;
        double bytes = 0;
    };
    std::vector<Kept> kept;
    std::map<std::pair<bool, SourceId>, Sum> sums;
    for (std::size_t i = rejected_.size(); i-- > 0;) {
        const auto& each = rejected_[i];
        if (each.tenant != tenant) continue;
        const auto bytes = encode_headers(each.headers).size() + each.body->size()
                           + each.target.size();
        auto& sum = sums[{each.verified, each.source}];
        sum.count += 1;
        sum.bytes += static_cast<double>(bytes);
        const auto share = std::max(sum.count / static_cast<double>(bounds.count_max),
                                    sum.bytes / static_cast<double>(bounds.bytes_max));
        kept.push_back({each.verified, share, i, bytes});
    }
    std::ranges::sort(kept, [](const Kept& a, const Kept& b) {
        return std::tuple{!a.verified, a.share, b.index}
               < std::tuple{!b.verified, b.share, a.index};
    });
    std::vector<RejectedId> over;
    std::uint64_t bytes = 0;
    for (std::size_t place = 0; place < kept.size(); ++place) {
        bytes += kept[place].bytes;
        if (place >= bounds.count_max || bytes > bounds.bytes_max)
            over.push_back(rejected_[kept[place].index].id);
    }
    std::erase_if(rejected_, [&](const Rejected& each) {
        return std::ranges::find(over, each.id) != over.end();
    });
}

std::vector<Rejected> MemoryRecords::list_rejected(const RejectedQuery& query) const
{
    std::vector<Rejected> rows;
    for (const auto& each : rejected_) {
        const bool matches = each.tenant == query.tenant
                             && (!query.source || each.source == *query.source)
                             && (!query.cursor || each.id < *query.cursor);
        if (matches) rows.push_back(each);
    }
    std::ranges::sort(rows, std::greater{}, &Rejected::id);
    if (rows.size() > query.limit) rows.resize(query.limit);
    for (auto& row : rows) row.body = nullptr;
    return rows;
}

result<Rejected> MemoryRecords::find_rejected(TenantId tenant, RejectedId id) const
{
    for (const auto& each : rejected_)
        if (each.tenant == tenant && each.id == id) return each;
    return no_such_rejected(id);
}

result<void> MemoryRecords::remove_rejected(TenantId tenant, RejectedId id)
{
    const auto gone = std::erase_if(
        rejected_, [&](const Rejected& each) { return each.tenant == tenant && each.id == id; });
    if (gone == 0) return no_such_rejected(id);
    return {};
}

std::uint64_t MemoryRecords::purge(const Purge& order, std::uint64_t left)
{
    std::uint64_t deleted = 0;
    std::erase_if(rejected_, [&](const Rejected& each) {
        const auto rules = rules_for(order, [&](TenantId id) { return id == each.tenant; });
        return each.at < rules.rejected && deleted < left && ++deleted > 0;
    });
    std::erase_if(records_, [&](const auto& each) {
        const auto& expires_at = each.second.expires_at;
        return expires_at && *expires_at <= order.now && deleted < left && ++deleted > 0;
    });
    return deleted;
}

}  // namespace katydid::test
