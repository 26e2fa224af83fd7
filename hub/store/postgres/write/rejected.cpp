#include "hub/store/postgres/write/rejected.hpp"

#include "hub/store/postgres/read/query_text.hpp"
#include "hub/store/postgres/sql/rejected.sql.hpp"

namespace katydid::store::postgres {
namespace {

Rejected read_rejected(const Rows& rows, int row)
{
    Rejected rejected;
    rejected.tenant = rows.id<TenantId>(row, 0);
    rejected.id = rows.id<RejectedId>(row, 1);
    rejected.source = rows.id<SourceId>(row, 2);
    rejected.at = rows.time(row, 3);
    rejected.reason = rows.text(row, 4);
    rejected.diagnosis = rows.text(row, 5);
    rejected.remote = rows.text(row, 6);
    rejected.method = rows.text(row, 7);
    rejected.target = rows.text(row, 8);
    rejected.headers = decode_headers(rows.bytes(row, 9));
    rejected.body_bytes = static_cast<std::uint64_t>(rows.integer(row, 10));
    rejected.verified = rows.integer(row, 11) != 0;
    return rejected;
}

}  // namespace

awaitable<result<void>> write_rejected(Session& session, const RejectedOrder& order)
{
    const auto& rejected = order.rejected;
    const auto headers = encode_headers(rejected.headers);
    const std::string_view body = rejected.body ? std::string_view{*rejected.body}
                                                : std::string_view{};
    const auto bytes = headers.size() + body.size() + rejected.target.size();
    const auto params = Params::of(rejected.tenant, rejected.id, rejected.source, rejected.at,
                                   static_cast<std::int64_t>(bytes),
                                   static_cast<std::int64_t>(rejected.body_bytes), rejected.reason,
                                   rejected.diagnosis, rejected.remote, rejected.method,
                                   rejected.target, headers, body, std::int64_t{rejected.verified});
    session.connection.add(sql::insert_rejected, params);
    const auto bounds = Params::of(rejected.tenant, std::int64_t{order.bounds.count_max},
                                   static_cast<std::int64_t>(order.bounds.bytes_max));
    session.connection.add(sql::trim_rejected, bounds);
    co_return result<void>{};
}

awaitable<result<void>> remove_rejected(Session& session, TenantId tenant, RejectedId id)
{
    const auto params = Params::of(tenant, id);
    const auto gone = co_await session.connection.ask(sql::delete_rejected, params);
    if (gone.affected() == 1) co_return result<void>{};
    co_return no_such_rejected(id);
}

awaitable<result<std::vector<Rejected>>> list_rejected(Connection& connection,
                                                       const RejectedQuery& query)
{
    QueryText text;
    text.add(sql::list_rejected, query.tenant);
    if (query.source) text.add(" AND source = ?", *query.source);
    if (query.cursor) text.add(" AND id < ?", *query.cursor);
    text.add(" ORDER BY id DESC LIMIT ?",
             std::int64_t{std::clamp(query.limit, 1U, list_limit_max)});
    const auto rows = co_await connection.ask(text.sql(), text.params());
    std::vector<Rejected> found;
    for (int row = 0; row < rows.size(); ++row) found.push_back(read_rejected(rows, row));
    co_return found;
}

awaitable<result<Rejected>> get_rejected(Connection& connection, TenantId tenant, RejectedId id)
{
    const auto params = Params::of(tenant, id);
    const auto rows = co_await connection.ask(sql::get_rejected, params);
    if (rows.empty()) co_return no_such_rejected(id);
    auto rejected = read_rejected(rows, 0);
    rejected.body = std::make_shared<const std::string>(rows.bytes(0, 12));
    co_return rejected;
}

}  // namespace katydid::store::postgres
