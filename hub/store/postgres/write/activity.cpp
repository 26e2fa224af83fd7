#include "hub/store/postgres/write/activity.hpp"

#include "hub/store/postgres/read/query_text.hpp"
#include "hub/store/postgres/sql/counts.sql.hpp"

namespace katydid::store::postgres {

void write_activity(Connection& connection, const ActivityTally<TenantId>& tally, int slot)
{
    if (tally.rows().empty()) return;
    using enum Type;
    Array tenants{id}, widths{integer}, starts{integer}, accepted{integer}, delivered{integer},
        dead{integer};
    for (const auto& [place, counts] : tally.rows()) {
        tenants.add(place.tenant);
        widths.add(place.width);
        starts.add(place.start);
        accepted.add(counts.accepted);
        delivered.add(counts.delivered);
        dead.add(counts.dead);
    }
    const auto params = Params::of(std::move(tenants), std::move(widths), std::move(starts),
                                   std::move(accepted), std::move(delivered), std::move(dead),
                                   std::int64_t{slot});
    connection.add(sql::add_activity, params);
}

awaitable<result<std::vector<ActivityBucket>>> list_activity(Connection& connection,
                                                             const ActivityQuery& query)
{
    const ActivityRange range{query};
    QueryText text;
    text.add("SELECT start / ?", range.width)
        .add(" * ? AS bucket, sum(accepted)::bigint,", range.width);
    text.add(" sum(delivered)::bigint, sum(dead)::bigint FROM activity WHERE width = ?",
             range.rows_width);
    if (query.tenant) text.add(" AND tenant = ?", *query.tenant);
    text.add(" AND start >= ?", range.since).add(" AND start < ?", range.until);
    text.add(" GROUP BY bucket ORDER BY bucket");
    const auto rows = co_await connection.ask(text.sql(), text.params());
    std::vector<ActivityBucket> buckets;
    for (int row = 0; row < rows.size(); ++row)
        buckets.push_back({ActivityRange::time_of(rows.integer(row, 0)),
                           static_cast<std::uint64_t>(rows.integer(row, 1)),
                           static_cast<std::uint64_t>(rows.integer(row, 2)),
                           static_cast<std::uint64_t>(rows.integer(row, 3))});
    co_return buckets;
}

}  // namespace katydid::store::postgres
