#include "hub/store/sqlite/write/rejected.hpp"

#include "hub/store/sqlite/read/queries.hpp"
#include "hub/store/sqlite/rows/rows.hpp"
#include "hub/store/sqlite/sql/rejected.sql.hpp"

#include <algorithm>

namespace katydid::store::sqlite {
namespace {

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

}  // namespace

RejectedWriter::RejectedWriter(WriterState& state)
    : state_{state},
      add_{state.connection.prepare(sql::insert_rejected)},
      trim_{state.connection.prepare(sql::trim_rejected)}
{}

void RejectedWriter::add(const Rejected& rejected, const RejectedBounds& bounds)
{
    const auto tenant = state_.interned.tenant(rejected.tenant);
    const auto headers = encode_headers(rejected.headers);
    const std::string_view body = rejected.body ? std::string_view{*rejected.body}
                                                : std::string_view{};
    const auto bytes = headers.size() + body.size() + rejected.target.size();
    add_.with(tenant, rejected.id, static_cast<std::int64_t>(bytes), rejected.source, rejected.at,
              rejected.reason, rejected.diagnosis, rejected.remote, rejected.method,
              rejected.target, Blob{headers}, static_cast<std::int64_t>(rejected.body_bytes),
              Blob{body}, std::int64_t{rejected.verified})
        .run();
    trim_.with(tenant, std::int64_t{bounds.count_max}, static_cast<std::int64_t>(bounds.bytes_max))
        .run();
}

result<void> RejectedWriter::remove(const TenantId& tenant, const RejectedId& id)
{
    auto remove = state_.connection.prepare(sql::delete_rejected);
    remove.with(state_.interned.tenant(tenant), id).run();
    if (state_.connection.changes() == 1) return {};
    return no_such_rejected(id);
}

result<std::vector<Rejected>> list_rejected(ReadSession& session, const RejectedQuery& query)
{
    auto& list = session.prepare(sql::list_rejected);
    const ResetGuard guard{list};
    list.with(query.tenant, query.source, query.cursor,
              std::int64_t{std::clamp(query.limit, 1U, list_limit_max)});
    std::vector<Rejected> rows;
    while (list.step()) {
        rows.push_back(read_rejected(list));
        rows.back().tenant = query.tenant;
    }
    return rows;
}

result<Rejected> get_rejected(ReadSession& session, const TenantId& tenant, const RejectedId& id)
{
    auto& find = session.prepare(sql::get_rejected);
    const ResetGuard guard{find};
    if (!find.with(tenant, id).step()) return no_such_rejected(id);
    auto rejected = read_rejected(find);
    rejected.tenant = tenant;
    rejected.body = std::make_shared<const std::string>(find.blob(11));
    return rejected;
}

}  // namespace katydid::store::sqlite
