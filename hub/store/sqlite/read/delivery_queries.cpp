#include "hub/store/sqlite/read/queries.hpp"

#include "hub/store/shared/query_parts.hpp"
#include "hub/store/sqlite/read/query_text.hpp"
#include "hub/store/sqlite/rows/rows.hpp"
#include "hub/store/sqlite/rows/seq_range.hpp"
#include "hub/store/sqlite/sql/ids.sql.hpp"
#include "hub/store/sqlite/sql/queries.sql.hpp"
#include "hub/store/sqlite/sql/rows.sql.hpp"

namespace katydid::store::sqlite {
namespace {

struct Resolved {
    std::int64_t tenant = 0;
    std::optional<std::int64_t> subscriber;
    struct EventRows {
        std::int64_t seq, first_delivery, deliveries;
    };
    std::optional<EventRows> event;
    SeqRange range;
};

/// Ids as row numbers; nullopt when one of them is unknown, so that nothing can match.
std::optional<Resolved> resolve(ReadSession& session, const DeliveryQuery& query)
{
    Resolved out;
    auto& tenant = session.prepare(sql::find_tenant);
    const ResetGuard tenant_guard{tenant};
    if (!tenant.with(query.tenant).step()) return std::nullopt;
    out.tenant = tenant.integer(0);
    if (query.subscription) {
        auto& find = session.prepare(sql::find_subscriber);
        const ResetGuard guard{find};
        if (!find.with(out.tenant, *query.subscription).step()) return std::nullopt;
        out.subscriber = find.integer(0);
    }
    if (query.event) {
        auto& find = session.prepare(sql::find_event_rows);
        const ResetGuard guard{find};
        if (!find.with(out.tenant, *query.event).step()) return std::nullopt;
        out.event = Resolved::EventRows{find.integer(0), find.integer(1), find.integer(2)};
    }
    out.range = find_range(session, {"deliveries", "created_at"}, query.since, query.until);
    if (query.cursor) {
        const auto at = session.ids.find(*query.cursor);
        if (!at) return std::nullopt;
        out.range.cut(at->seq, query.ascending);
    }
    return out;
}

/// One way to the rows; a list merges the answers of several.
struct Path {
    const char* source;     ///< table, with the index that leads to it
    const char* condition;  ///< repeats the index's own, so that SQLite may use it
};

constexpr const char* bad_status
    = " AND d.last_status NOT BETWEEN 200 AND 299 AND d.last_status <> 0";

/// The index to what waits. `deliveries_due` leads to one subscription's rows alone, in the order
/// of their times: for a page all are read. `deliveries_waiting` leads to the rows of the whole
/// tenant in the order of the list, so a page ends after its rows, and a walk over all pages reads
/// each row once. From so many rows on the second is quicker; most of all for a page that goes on.
const char* waiting_index(ReadSession& session, const DeliveryQuery& query,
                          const Resolved& resolved)
{
    if (!resolved.subscriber) return "deliveries d INDEXED BY deliveries_waiting";
    const std::int64_t few = query.cursor ? 1'000 : 20'000;
    auto& probe = session.prepare(sql::has_many_waiting);
    const ResetGuard guard{probe};
    return probe.with(*resolved.subscriber, few).step()
               ? "deliveries d INDEXED BY deliveries_waiting"
               : "deliveries d INDEXED BY deliveries_due";
}

std::vector<Path> choose_paths(ReadSession& session, const DeliveryQuery& query,
                               const Resolved& resolved)
{
    if (resolved.event)
        return {{"deliveries d NOT INDEXED", " AND d.seq >= ? AND d.seq < ? AND d.event = ?"},
                {"deliveries d INDEXED BY deliveries_replayed",
                 " AND d.replayed = 1 AND d.seq >= ? AND d.seq < ? AND d.event = ?"}};
    const bool is_bad_status = query.status && (*query.status < 200 || *query.status > 299);
    if (is_bad_status && *query.status != 0)
        return {{"deliveries d INDEXED BY deliveries_by_status", bad_status}};
    const bool by_subscriber = resolved.subscriber.has_value();
    if (wants(query, DeliveryState::delivered))
        return {{by_subscriber ? "deliveries d INDEXED BY deliveries_by_subscriber"
                               : "deliveries d INDEXED BY deliveries_by_tenant",
                 ""}};
    std::vector<Path> paths;
    if (wants(query, DeliveryState::pending) || wants(query, DeliveryState::scheduled))
        paths.push_back({waiting_index(session, query, resolved), " AND d.state < 2"});
    if (wants(query, DeliveryState::dead) || wants(query, DeliveryState::cancelled))
        paths.push_back({by_subscriber
                             ? "deliveries d INDEXED BY deliveries_ended_badly_by_subscriber"
                             : "deliveries d INDEXED BY deliveries_ended_badly",
                         " AND d.state IN (3, 4)"});
    return paths;
}

/// What is asked of each row that fits.
struct Selection {
    const char* columns;
    const char* joins;
    std::uint32_t limit_max;
};

constexpr Selection whole{sql::delivery_columns, sql::delivery_joins, list_limit_max};
constexpr Selection place{"d.seq, d.created_at", "", id_list_limit_max};

QueryText write_query(const DeliveryQuery& query, const Resolved& resolved, const Path& path,
                      const Selection& selection)
{
    QueryText text;
    text.add("SELECT ").add(selection.columns).add(" FROM ").add(path.source);
    text.add(" ").add(selection.joins);
    text.add(" WHERE d.tenant = ?", resolved.tenant);
    text.add(path.condition);
    if (resolved.event) {
        const auto& event = *resolved.event;
        const bool is_replayed = std::string_view{path.condition}.starts_with(" AND d.replayed");
        const auto everything = std::numeric_limits<std::int64_t>::max();
        text.add("", is_replayed ? 0 : event.first_delivery);
        text.add("", is_replayed ? everything : event.first_delivery + event.deliveries);
        text.add("", event.seq);
    }
    if (resolved.subscriber) text.add(" AND d.subscriber = ?", *resolved.subscriber);
    if (!query.states.empty()) text.add(" AND d.state IN (").add(state_list(query)).add(")");
    if (query.status) text.add(" AND d.last_status = ?", std::int64_t{*query.status});
    if (query.since) text.add(" AND d.created_at >= ?", *query.since);
    if (query.until) text.add(" AND d.created_at < ?", *query.until);
    const auto& range = resolved.range;
    if (range.first > 0) text.add(" AND d.seq >= ?", range.first);
    if (range.last < std::numeric_limits<std::int64_t>::max())
        text.add(" AND d.seq <= ?", range.last);
    text.add(query.ascending ? " ORDER BY d.seq LIMIT ?" : " ORDER BY d.seq DESC LIMIT ?",
             std::int64_t{std::clamp(query.limit, 1U, selection.limit_max)});
    return text;
}

/// The rows that fit, of every path, in the order of the query.
/// \param read  gives a row number and what belongs to it
template <class Value, class Read>
std::vector<Value> find_rows(ReadSession& session, const DeliveryQuery& query,
                             const Selection& selection, Read read)
{
    std::vector<Value> values;
    const auto resolved = resolve(session, query);
    if (!resolved) return values;
    std::vector<std::pair<std::int64_t, Value>> found;
    for (const auto& path : choose_paths(session, query, *resolved)) {
        const auto text = write_query(query, *resolved, path, selection);
        auto& statement = session.prepare(text.sql());
        const ResetGuard guard{statement};
        text.bind_to(statement);
        while (statement.step()) found.push_back(read(statement));
    }
    std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) {
        return query.ascending ? a.first < b.first : a.first > b.first;
    });
    if (found.size() > query.limit) found.resize(query.limit);
    values.reserve(found.size());
    for (auto& row : found) values.push_back(std::move(row.second));
    return values;
}

/// A delivery's row number when it is there and belongs to the tenant.
std::optional<std::int64_t> find_seq(ReadSession& session, const TenantId& tenant,
                                     const DeliveryId& id)
{
    const auto at = session.ids.find(id);
    if (!at) return std::nullopt;
    auto& find = session.prepare(sql::find_delivery_seq);
    const ResetGuard guard{find};
    find.with(at->seq, at->created_at, tenant);
    if (!find.step()) return std::nullopt;
    return at->seq;
}

Error no_such_delivery(const DeliveryId& id)
{
    return {errc::not_found, "There is no delivery " + id.to_string() + "."};
}

}  // namespace

result<std::vector<Delivery>> list_deliveries(ReadSession& session, const DeliveryQuery& query)
{
    return find_rows<Delivery>(session, query, whole, [&](const Statement& row) {
        return std::pair{row.integer(1), read_delivery(row, 0, session.ids)};
    });
}

result<std::vector<DeliveryId>> list_delivery_ids(ReadSession& session, const DeliveryQuery& query)
{
    return find_rows<DeliveryId>(session, query, place, [&](const Statement& row) {
        const auto seq = row.integer(0);
        return std::pair{seq, session.ids.make(seq, to_timestamp(row.integer(1)))};
    });
}

result<std::vector<ReplayCount>> count_of_job(ReadSession& session, const TenantId& tenant,
                                              const JobId& job,
                                              const std::vector<DeliveryState>& states)
{
    std::vector<ReplayCount> counts;
    auto& statement = session.prepare(sql::count_of_job);
    for (const auto state : states_or_all(states)) {
        const ResetGuard guard{statement};
        statement.with(job, state, tenant);
        while (statement.step())
            counts.push_back({statement.id<SubscriptionId>(0),
                              static_cast<DeliveryState>(statement.integer(1)),
                              static_cast<std::uint64_t>(statement.integer(2))});
    }
    return counts;
}

result<Delivery> get_delivery(ReadSession& session, const TenantId& tenant, const DeliveryId& id)
{
    const auto seq = find_seq(session, tenant, id);
    if (!seq) return no_such_delivery(id);
    auto& find = session.prepare(sql::get_delivery);
    const ResetGuard guard{find};
    if (!find.with(*seq).step()) return no_such_delivery(id);
    return read_delivery(find, 0, session.ids);
}

result<std::vector<Attempt>> list_attempts(ReadSession& session, const TenantId& tenant,
                                           const DeliveryId& id)
{
    const auto seq = find_seq(session, tenant, id);
    if (!seq) return no_such_delivery(id);
    auto& find = session.prepare(sql::list_attempts);
    const ResetGuard guard{find};
    find.with(*seq);
    std::vector<Attempt> attempts;
    while (find.step()) {
        auto& attempt = attempts.emplace_back();
        attempt.id = find.id<AttemptId>(0);
        attempt.delivery = id;
        attempt.number = static_cast<std::uint32_t>(find.integer(1));
        attempt.started_at = to_timestamp(find.integer(2));
        attempt.duration = milliseconds{find.integer(3)};
        attempt.outcome = static_cast<AttemptClass>(find.integer(4));
        attempt.status = static_cast<unsigned>(find.integer(5));
        attempt.error = find.text(6);
        attempt.response = find.blob(7);
        attempt.timing = AttemptTiming::unpack(find.integer(8));
    }
    return attempts;
}

}  // namespace katydid::store::sqlite
