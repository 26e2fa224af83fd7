#include "hub/store/sqlite/quarantine.hpp"

#include "hub/store/sqlite/questions.hpp"
#include "hub/store/sqlite/rows.hpp"

#include <algorithm>

namespace katydid::store::sqlite {
namespace {

constexpr std::uint32_t list_limit_max = 250;

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
    return rejected;
}

constexpr const char* columns
    = "id, source, at, reason, diagnosis, remote, method, target, headers,"
      " body_bytes";

}  // namespace

Quarantine::Quarantine(WriteContext& context)
    : context_{context},
      add_{context.connection.prepare(
          "INSERT INTO rejected(tenant, id, bytes, source, at, reason, diagnosis, remote, method,"
          " target, headers, body_bytes, body)"
          " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)")},
      sizes_{context.connection.prepare(
          "SELECT id, bytes FROM rejected WHERE tenant = ?1 ORDER BY id DESC")},
      delete_up_to_{
          context.connection.prepare("DELETE FROM rejected WHERE tenant = ?1 AND id <= ?2")}
{}

void Quarantine::add(const Rejected& rejected, const QuarantineBounds& bounds)
{
    const auto tenant = context_.numbers.tenant(rejected.tenant);
    const auto headers = encode_headers(rejected.headers);
    const std::string_view body = rejected.body ? std::string_view{*rejected.body}
                                                : std::string_view{};
    const auto bytes = headers.size() + body.size() + rejected.target.size();
    add_.bind(1, tenant).bind(2, rejected.id).bind(3, static_cast<std::int64_t>(bytes));
    add_.bind(4, rejected.source).bind(5, to_integer(rejected.at)).bind(6, rejected.reason);
    add_.bind(7, rejected.diagnosis).bind(8, rejected.remote).bind(9, rejected.method);
    add_.bind(10, rejected.target).bind_blob(11, headers.data(), headers.size());
    add_.bind(12, static_cast<std::int64_t>(rejected.body_bytes));
    add_.bind_blob(13, body.data(), body.size()).run();
    trim(tenant, bounds);
}

void Quarantine::trim(std::int64_t tenant, const QuarantineBounds& bounds)
{
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
    std::optional<RejectedId> first_over;
    {
        sizes_.bind(1, tenant);
        const ResetGuard guard{sizes_};
        while (!first_over && sizes_.step()) {
            bytes += static_cast<std::uint64_t>(sizes_.integer(1));
            if (++count > bounds.count_max || bytes > bounds.bytes_max)
                first_over = sizes_.id<RejectedId>(0);
        }
    }
    if (first_over) delete_up_to_.bind(1, tenant).bind(2, *first_over).run();
}

result<void> Quarantine::remove(const TenantId& tenant, const RejectedId& id)
{
    auto remove = context_.connection.prepare("DELETE FROM rejected WHERE tenant = ?1 AND id = ?2");
    remove.bind(1, context_.numbers.tenant(tenant)).bind(2, id).run();
    if (context_.connection.changes() == 1) return {};
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
    rejected.body = std::make_shared<const std::string>(find.blob(10));
    return rejected;
}

}  // namespace katydid::store::sqlite
