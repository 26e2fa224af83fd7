#include "hub/store/sqlite/write/rejected.hpp"

#include "hub/store/sqlite/read/queries.hpp"
#include "hub/store/sqlite/rows/rows.hpp"

#include <algorithm>

namespace katydid::store::sqlite {
namespace {

Error no_such_rejected(const RejectedId& id)
{
    return {errc::not_found, "There is no refused webhook " + id.to_string()
                                 + ". It may have made room for newer ones."};
}

Rejected read_rejected(const Statement& row)
{
    Rejected rejected;
    rejected.id = row.id<RejectedId>(0);
    rejected.source = row.id<SourceId>(1);
    rejected.at = to_timestamp(row.integer(2));
    rejected.reason = row.text(3);
    rejected.diagnosis = row.text(4);
    rejected.remote = row.text(5);
    rejected.method = row.text(6);
    rejected.target = row.text(7);
    rejected.headers = decode_headers(row.blob(8));
    rejected.body_bytes = static_cast<std::uint64_t>(row.integer(9));
    rejected.verified = row.integer(10) != 0;
    return rejected;
}

constexpr const char* columns
    = "id, source, at, reason, diagnosis, remote, method, target, headers,"
      " body_bytes, verified";

}  // namespace

RejectedWriter::RejectedWriter(WriterState& state)
    : state_{state},
      add_{state.connection.prepare(
          "INSERT INTO rejected(tenant, id, bytes, source, at, reason, diagnosis, remote, method,"
          " target, headers, body_bytes, body, verified)"
          " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)")},
      // What stays: verified ones before others, and of each source as much as of the others, so
      // that a flood at one takes nothing from another. A row's share is how full its part
      // would be with it and all newer ones of its source.
      trim_{state.connection.prepare(
          "DELETE FROM rejected WHERE seq IN (SELECT seq FROM (SELECT seq,"
          " row_number() OVER kept AS place, sum(bytes) OVER kept AS total FROM (SELECT seq, bytes,"
          " verified, max(1.0 * row_number() OVER own / ?2, 1.0 * sum(bytes) OVER own / ?3)"
          " AS share FROM rejected WHERE tenant = ?1"
          " WINDOW own AS (PARTITION BY verified, source ORDER BY seq DESC))"
          " WINDOW kept AS (ORDER BY verified DESC, share, seq DESC))"
          " WHERE place > ?2 OR total > ?3)")}
{}

void RejectedWriter::add(const Rejected& rejected, const RejectedBounds& bounds)
{
    const auto tenant = state_.interned.tenant(rejected.tenant);
    const auto headers = encode_headers(rejected.headers);
    const std::string_view body = rejected.body ? std::string_view{*rejected.body}
                                                : std::string_view{};
    const auto bytes = headers.size() + body.size() + rejected.target.size();
    add_.bind(1, tenant).bind(2, rejected.id).bind(3, static_cast<std::int64_t>(bytes));
    add_.bind(4, rejected.source).bind(5, to_integer(rejected.at)).bind(6, rejected.reason);
    add_.bind(7, rejected.diagnosis).bind(8, rejected.remote).bind(9, rejected.method);
    add_.bind(10, rejected.target).bind_blob(11, headers.data(), headers.size());
    add_.bind(12, static_cast<std::int64_t>(rejected.body_bytes));
    add_.bind_blob(13, body.data(), body.size()).bind(14, std::int64_t{rejected.verified}).run();
    trim_.bind(1, tenant).bind(2, std::int64_t{bounds.count_max});
    trim_.bind(3, static_cast<std::int64_t>(bounds.bytes_max)).run();
}

result<void> RejectedWriter::remove(const TenantId& tenant, const RejectedId& id)
{
    auto remove = state_.connection.prepare("DELETE FROM rejected WHERE tenant = ?1 AND id = ?2");
    remove.bind(1, state_.interned.tenant(tenant)).bind(2, id).run();
    if (state_.connection.changes() == 1) return {};
    return no_such_rejected(id);
}

result<std::vector<Rejected>> list_rejected(ReadSession& session, const RejectedQuery& query)
{
    std::string sql = std::string{"SELECT "} + columns
                      + " FROM rejected WHERE tenant = (SELECT no FROM tenants WHERE id = ?1)"
                        " AND (?2 IS NULL OR source = ?2) AND (?3 IS NULL OR id < ?3)"
                        " ORDER BY id DESC LIMIT ?4";
    auto& list = session.prepare(sql);
    const ResetGuard guard{list};
    list.bind(1, query.tenant);
    query.source ? list.bind(2, *query.source) : list.bind_null(2);
    query.cursor ? list.bind(3, *query.cursor) : list.bind_null(3);
    list.bind(4, std::int64_t{std::clamp(query.limit, 1U, list_limit_max)});
    std::vector<Rejected> rows;
    while (list.step()) {
        rows.push_back(read_rejected(list));
        rows.back().tenant = query.tenant;
    }
    return rows;
}

result<Rejected> get_rejected(ReadSession& session, const TenantId& tenant, const RejectedId& id)
{
    auto& find = session.prepare(std::string{"SELECT "} + columns
                                 + ", body FROM rejected WHERE"
                                   " tenant = (SELECT no FROM tenants WHERE id = ?1) AND id = ?2");
    const ResetGuard guard{find};
    if (!find.bind(1, tenant).bind(2, id).step()) return no_such_rejected(id);
    auto rejected = read_rejected(find);
    rejected.tenant = tenant;
    rejected.body = std::make_shared<const std::string>(find.blob(11));
    return rejected;
}

}  // namespace katydid::store::sqlite
