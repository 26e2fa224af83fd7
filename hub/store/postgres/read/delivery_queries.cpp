#include "hub/store/postgres/read/event_rows.hpp"
#include "hub/store/postgres/maintenance/id_range.hpp"
#include "hub/store/shared/query_parts.hpp"
#include "hub/store/postgres/read/query_text.hpp"
#include "hub/store/postgres/read/queries.hpp"
#include "hub/store/postgres/sql/queries.sql.hpp"
#include "hub/store/postgres/sql/rows.sql.hpp"

#include <functional>

namespace katydid::store::postgres {
namespace {

/// One way to the rows, along one index each; a list merges the answers of several.
struct Path {
    const char* condition;
    std::optional<IdRange> ids{};
};

awaitable<std::vector<Path>> choose_paths(Connection& connection, const DeliveryQuery& query)
{
    std::vector<Path> paths;
    if (query.event) {
        const auto params = Params::of(query.tenant, *query.event);
        const auto event = co_await connection.ask(sql::find_deliveries_range, params);
        if (event.empty()) co_return paths;
        paths.push_back({" AND NOT d.replayed", IdRange{event.id<DeliveryId>(0, 0).bytes(),
                                                        event.id<DeliveryId>(0, 1).bytes()}});
        paths.push_back({" AND d.replayed"});
        co_return paths;
    }
    const bool is_bad_status = query.status && *query.status != 0
                               && (*query.status < 200 || *query.status > 299);
    if (is_bad_status) {
        paths.push_back({" AND d.last_status NOT BETWEEN 200 AND 299 AND d.last_status <> 0"});
        co_return paths;
    }
    if (wants(query, DeliveryState::delivered)) {
        paths.push_back({""});
        co_return paths;
    }
    if (wants(query, DeliveryState::pending) || wants(query, DeliveryState::scheduled))
        paths.push_back({" AND d.state < 2"});
    if (wants(query, DeliveryState::dead) || wants(query, DeliveryState::cancelled))
        paths.push_back({" AND d.state IN (3, 4)"});
    co_return paths;
}

/// What is asked of each row that fits.
struct Selection {
    const char* columns;
    std::uint32_t limit_max;
};

constexpr Selection whole{sql::delivery_columns, list_limit_max};
constexpr Selection id_only{"d.id", id_list_limit_max};

QueryText write_query(const DeliveryQuery& query, const Path& path, milliseconds slack,
                      const Selection& selection)
{
    IdRange range;
    range.cut(query.since, query.until, slack);
    QueryText text;
    text.add("SELECT ")
        .add(selection.columns)
        .add(" FROM deliveries d WHERE d.tenant = ?", query.tenant);
    text.add(path.condition);
    if (query.event) text.add(" AND d.event = ?", *query.event);
    if (path.ids) text.add(" AND d.id >= ?", path.ids->first).add(" AND d.id <= ?", path.ids->end);
    if (query.subscription) text.add(" AND d.subscription = ?", *query.subscription);
    if (!query.states.empty()) text.add(" AND d.state IN (").add(state_list(query)).add(")");
    if (query.status) text.add(" AND d.last_status = ?", std::int64_t{*query.status});
    if (query.since) text.add(" AND d.created_at >= ?", *query.since);
    if (query.until) text.add(" AND d.created_at < ?", *query.until);
    if (query.since) text.add(" AND d.id >= ?", range.first);
    if (query.until) text.add(" AND d.id < ?", range.end);
    if (query.cursor) text.add(query.ascending ? " AND d.id > ?" : " AND d.id < ?", *query.cursor);
    text.add(query.ascending ? " ORDER BY d.id LIMIT ?" : " ORDER BY d.id DESC LIMIT ?",
             std::int64_t{std::clamp(query.limit, 1U, selection.limit_max)});
    return text;
}

/// The rows that fit, of every path, in the order of the query.
/// \param read  gives what is kept of a row
template <class Value, class Read, class IdOf>
awaitable<std::vector<Value>> find_rows(Connection& connection, const DeliveryQuery& query,
                                        const Selection& selection, Read read, IdOf id_of)
{
    std::vector<Value> found;
    const auto paths = co_await choose_paths(connection, query);
    auto slack = time_slack;
    if (query.since || query.until) slack = co_await find_slack(connection);
    for (const auto& path : paths) {
        const auto text = write_query(query, path, slack, selection);
        const auto rows = co_await connection.ask(text.sql(), text.params());
        for (int row = 0; row < rows.size(); ++row) found.push_back(read(rows, row));
    }
    std::sort(found.begin(), found.end(), [&](const Value& a, const Value& b) {
        return query.ascending ? id_of(a) < id_of(b) : id_of(b) < id_of(a);
    });
    if (found.size() > query.limit) found.resize(query.limit);
    co_return found;
}

Error no_such_delivery(const DeliveryId& id)
{
    return {errc::not_found, "There is no delivery " + id.to_string() + "."};
}

Attempt read_attempt(const Rows& rows, int row, const DeliveryId& delivery)
{
    Attempt attempt;
    attempt.id = rows.id<AttemptId>(row, 0);
    attempt.delivery = delivery;
    attempt.number = static_cast<std::uint32_t>(rows.integer(row, 1));
    attempt.started_at = rows.time(row, 2);
    attempt.duration = milliseconds{rows.integer(row, 3)};
    attempt.outcome = static_cast<AttemptClass>(rows.integer(row, 4));
    attempt.status = static_cast<unsigned>(rows.integer(row, 5));
    attempt.error = rows.text(row, 6);
    attempt.response = rows.text(row, 7);
    attempt.timing = AttemptTiming::unpack(rows.integer(row, 8));
    return attempt;
}

}  // namespace

awaitable<result<std::vector<Delivery>>> list_deliveries(Connection& connection,
                                                         const DeliveryQuery& query)
{
    const auto id_of = [](const Delivery& delivery) { return delivery.id; };
    auto found = co_await find_rows<Delivery>(connection, query, whole, read_delivery, id_of);
    co_return found;
}

awaitable<result<std::vector<DeliveryId>>> list_delivery_ids(Connection& connection,
                                                             const DeliveryQuery& query)
{
    const auto read = [](const Rows& rows, int row) { return rows.id<DeliveryId>(row, 0); };
    constexpr std::identity itself;
    auto found = co_await find_rows<DeliveryId>(connection, query, id_only, read, itself);
    co_return found;
}

awaitable<result<std::vector<ReplayCount>>> count_of_job(Connection& connection, TenantId tenant,
                                                         JobId job,
                                                         const std::vector<DeliveryState>& states)
{
    Array wanted{Type::integer};
    for (const auto state : states_or_all(states)) wanted.add(static_cast<std::int64_t>(state));
    const auto params = Params::of(tenant, job, std::move(wanted));
    const auto rows = co_await connection.ask(sql::count_of_job, params);
    std::vector<ReplayCount> counts;
    for (int row = 0; row < rows.size(); ++row)
        counts.push_back({rows.id<SubscriptionId>(row, 0),
                          static_cast<DeliveryState>(rows.integer(row, 1)),
                          static_cast<std::uint64_t>(rows.integer(row, 2))});
    co_return counts;
}

awaitable<result<Delivery>> get_delivery(Connection& connection, TenantId tenant, DeliveryId id)
{
    const auto params = Params::of(tenant, id);
    const auto rows = co_await connection.ask(sql::get_delivery, params);
    if (rows.empty()) co_return no_such_delivery(id);
    co_return read_delivery(rows, 0);
}

awaitable<result<std::vector<Attempt>>> list_attempts(Connection& connection, TenantId tenant,
                                                      DeliveryId id)
{
    const auto params = Params::of(tenant, id);
    connection.add(sql::has_delivery, params);
    connection.add(sql::list_attempts, params);
    const auto answers = co_await connection.run();
    if (answers.at(0).empty()) co_return no_such_delivery(id);
    std::vector<Attempt> attempts;
    for (int row = 0; row < answers.at(1).size(); ++row)
        attempts.push_back(read_attempt(answers.at(1), row, id));
    co_return attempts;
}

}  // namespace katydid::store::postgres
