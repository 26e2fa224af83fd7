#include "hub/store/sqlite/write/activity.hpp"

#include "hub/store/shared/encoding.hpp"
#include "hub/store/shared/count_tally.hpp"
#include "hub/store/sqlite/read/queries.hpp"
#include "hub/store/sqlite/read/query_text.hpp"
#include "hub/store/sqlite/sql/counts.sql.hpp"

#include <algorithm>

namespace katydid::store::sqlite {

Activity::Activity(Connection& connection) : update_{connection.prepare(sql::add_activity)} {}

void Activity::flush()
{
    for (const auto& [place, counts] : tally.rows()) {
        update_
            .with(place.tenant, place.width, place.start, counts.accepted, counts.delivered,
                  counts.dead, counts.failed)
            .run();
    }
    tally.clear();
}

result<std::vector<ActivityBucket>> list_activity(ReadSession& session, const ActivityQuery& query)
{
    const ActivityRange range{query};
    QueryText text;
    text.add("SELECT start / ?", range.width)
        .add(" * ? AS bucket, sum(accepted), sum(delivered),", range.width);
    text.add(" sum(dead), sum(failed) FROM activity WHERE tenant ");
    if (query.tenant) {
        const auto& id = query.tenant->bytes();
        text.add("= (SELECT no FROM tenants WHERE id = CAST(? AS BLOB))",
                 std::string{reinterpret_cast<const char*>(id.data()), id.size()});
    } else {
        text.add("IN (SELECT no FROM tenants)");
    }
    text.add(" AND width = ?", range.rows_width).add(" AND start >= ?", range.since);
    text.add(" AND start < ?", range.until).add(" GROUP BY bucket ORDER BY bucket");
    auto& list = session.prepare(text.sql());
    const ResetGuard guard{list};
    text.bind_to(list);
    std::vector<ActivityBucket> buckets;
    while (list.step())
        buckets.push_back({range.time_of(list.integer(0)),
                           static_cast<std::uint64_t>(list.integer(1)),
                           static_cast<std::uint64_t>(list.integer(2)),
                           static_cast<std::uint64_t>(list.integer(3)),
                           static_cast<std::uint64_t>(list.integer(4))});
    return buckets;
}

result<Stats> count(ReadSession& session, const std::optional<TenantId>& tenant)
{
    auto& list = session.prepare(sql::count_rows);
    const ResetGuard guard{list};
    list.with(tenant);
    Stats stats;
    while (list.step()) {
        const auto rows = static_cast<std::uint64_t>(list.integer(1));
        const auto what = list.integer(0);
        if (what == CountTally<std::int64_t>::events) stats.events = rows;
        else if (what >= 0 && what < 6) stats.deliveries_by_state[what] = rows;
    }
    const auto pages = session.connection.integer("PRAGMA page_count");
    stats.bytes_on_disk = static_cast<std::uint64_t>(
        pages * session.connection.integer("PRAGMA page_size"));
    return stats;
}

}  // namespace katydid::store::sqlite
