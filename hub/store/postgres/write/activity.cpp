#include "hub/store/postgres/write/activity.hpp"

#include "hub/store/postgres/read/queries.hpp"
#include "hub/store/postgres/read/query_text.hpp"
#include "hub/store/postgres/write/commit_effects.hpp"
#include "hub/store/postgres/sql/counts.sql.hpp"

namespace katydid::store::postgres {

void write_activity(Connection& connection, const ActivityTally<TenantId>& tally, int slot)
{
    if (tally.rows().empty()) return;
    using enum Type;
    Array tenants{id}, widths{integer}, starts{integer}, accepted{integer}, delivered{integer},
        dead{integer}, failed{integer};
    for (const auto& [place, counts] : tally.rows()) {
        tenants.add(place.tenant);
        widths.add(place.width);
        starts.add(place.start);
        accepted.add(counts.accepted);
        delivered.add(counts.delivered);
        dead.add(counts.dead);
        failed.add(counts.failed);
    }
    const auto params = Params::of(std::move(tenants), std::move(widths), std::move(starts),
                                   std::move(accepted), std::move(delivered), std::move(dead),
                                   std::move(failed), std::int64_t{slot});
    connection.add(sql::add_activity, params);
}

awaitable<result<std::vector<ActivityBucket>>> list_activity(Connection& connection,
                                                             const ActivityQuery& query)
{
    const ActivityRange range{query};
    QueryText text;
    text.add("SELECT start / ?", range.width)
        .add(" * ? AS bucket, sum(accepted)::bigint,", range.width);
    text.add(" sum(delivered)::bigint, sum(dead)::bigint, sum(failed)::bigint FROM activity");
    text.add(" WHERE width = ?", range.rows_width);
    if (query.tenant) text.add(" AND tenant = ?", *query.tenant);
    text.add(" AND start >= ?", range.since).add(" AND start < ?", range.until);
    text.add(" GROUP BY bucket ORDER BY bucket");
    const auto rows = co_await connection.ask(text.sql(), text.params());
    std::vector<ActivityBucket> buckets;
    for (int row = 0; row < rows.size(); ++row)
        buckets.push_back({ActivityRange::time_of(rows.integer(row, 0)),
                           static_cast<std::uint64_t>(rows.integer(row, 1)),
                           static_cast<std::uint64_t>(rows.integer(row, 2)),
                           static_cast<std::uint64_t>(rows.integer(row, 3)),
                           static_cast<std::uint64_t>(rows.integer(row, 4))});
    co_return buckets;
}

awaitable<result<Stats>> count(Connection& connection, std::optional<TenantId> tenant)
{
    QueryText text;
    text.add(sql::count_rows);
    if (tenant) text.add(" WHERE tenant = ?", *tenant);
    text.add(" GROUP BY what");
    connection.add(text.sql(), text.params());
    connection.add(sql::bytes_on_disk);
    const auto answers = co_await connection.run();
    Stats stats;
    for (int row = 0; row < answers.at(0).size(); ++row) {
        const auto what = answers.at(0).integer(row, 0);
        const auto rows = static_cast<std::uint64_t>(answers.at(0).integer(row, 1));
        if (what == Counters::events) stats.events = rows;
        else if (what >= 0 && what < 6) stats.deliveries_by_state[what] = rows;
    }
    stats.bytes_on_disk = static_cast<std::uint64_t>(answers.at(1).integer(0, 0));
    co_return stats;
}

}  // namespace katydid::store::postgres
