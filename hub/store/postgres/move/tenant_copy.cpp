#include "hub/store/postgres/move/tenant_copy.hpp"

#include "hub/core/error.hpp"

namespace katydid::store::postgres {
namespace {

constexpr const char* begin_snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ";
constexpr const char* xmin = "pg_snapshot_xmin(pg_current_snapshot())";
constexpr std::size_t events_chunk = 20'000;

bool is_events(const MovedTable& table) { return table.name == "events"; }

std::vector<std::string> columns_of(MoveLink& link, const std::string& table)
{
    std::vector<std::string> columns;
    for (const auto& row : link.ask("SELECT attname FROM pg_attribute WHERE attrelid = '" + table
                                    + "'::regclass AND attnum > 0 AND NOT attisdropped"
                                      " AND attname <> 'committed' ORDER BY attnum"))
        columns.push_back(row.front());
    return columns;
}

}  // namespace

TenantCopy::TenantCopy(MoveLink& source, MoveLink& target, const MoveText& text)
    : source_{source},
      target_{target},
      text_{text}
{
    for (const auto& table : moved_tables()) {
        auto& columns = columns_[table.name] = columns_of(source, table.name);
        if (columns != columns_of(target, table.name))
            throw Failure{{errc::refused, "The two shards have different tables: start the same"
                                          " program on both first."}};
    }
    make_tables(source);
    make_tables(target);
}

void TenantCopy::make_tables(MoveLink& link) const
{
    for (const auto& table : moved_tables()) {
        link.ask("CREATE TEMP TABLE ks_" + table.name + " AS SELECT " + list(table.keys) + " FROM "
                 + table.name + " WITH NO DATA");
        link.ask(MoveText::make_incoming(table));
    }
}

/// Numbers the ascending runs of ids in the order of commits.
std::string TenantCopy::with_runs(const std::string& events) const
{
    const auto columns = list(columns_.at("events"), "e.") + ", e.committed";
    return "SELECT " + columns
           + ", sum(e.falls) OVER (ORDER BY e.committed, e.id) FROM (SELECT x.*,"
             " coalesce(x.id < lag(x.id) OVER (ORDER BY x.committed, x.id), false)::int AS falls "
             "FROM ("
           + events + ") x) e";
}

void TenantCopy::copy_all()
{
    for (const auto& table : moved_tables()) {
        if (is_events(table)) {
            copy_events();
            continue;
        }
        const auto& columns = columns_.at(table.name);
        source_.stream("SELECT " + list(columns, "t.") + " FROM " + table.name + " t WHERE "
                           + text_.is_own(table, "t"),
                       target_, table.name + "(" + list(columns) + ")");
    }
}

/// In their order; those that are not settled are left to the rounds.
void TenantCopy::copy_events()
{
    const auto& columns = columns_.at("events");
    const auto own = "t.tenant = " + text_.literal();
    source_.ask(begin_snapshot);
    source_.ask("INSERT INTO katydid_move_events SELECT t.id FROM events t WHERE " + own
                + " AND t.committed >= " + xmin);
    std::string place = "('0'::xid8, '00000000-0000-0000-0000-000000000000'::uuid)";
    while (true) {
        const auto some = "SELECT t.* FROM events t WHERE " + own + " AND (t.committed, t.id) > "
                          + place + " AND t.committed < " + xmin
                          + " ORDER BY t.committed, t.id LIMIT " + std::to_string(events_chunk);
        target_.ask("TRUNCATE in_events");
        source_.stream(with_runs(some), target_,
                       "in_events(" + list(columns) + ", committed, run)");
        target_.ask(MoveText::take_in(moved_tables()[3], columns));
        const auto last = target_.ask("SELECT committed, id FROM in_events"
                                      " ORDER BY committed DESC, id DESC LIMIT 1");
        if (last.empty()) break;
        place = "('" + last[0][0] + "'::xid8, '" + last[0][1] + "'::uuid)";
    }
    source_.ask("COMMIT");
}

std::size_t TenantCopy::catch_up(Scope scope)
{
    std::size_t keys = 0;
    source_.ask(begin_snapshot);
    for (const auto& table : moved_tables()) keys += copy_changes(table, scope);
    source_.ask("COMMIT");
    return keys;
}

std::uint64_t TenantCopy::verify()
{
    std::uint64_t rows = 0;
    source_.ask(begin_snapshot);
    for (const auto& table : moved_tables()) copy_changes(table, Scope::settled);
    for (const auto& table : moved_tables()) rows += compare_all(table);
    source_.ask("COMMIT");
    return rows;
}

std::size_t TenantCopy::copy_changes(const MovedTable& table, Scope scope)
{
    const auto& columns = columns_.at(table.name);
    const auto keys_table = "ks_" + table.name;
    const auto incoming = "in_" + table.name;
    source_.ask("TRUNCATE " + keys_table + "; " + text_.take_keys(table, scope == Scope::whole));
    const auto keys = source_.number("SELECT count(*) FROM " + keys_table);
    if (keys == 0) return 0;
    target_.ask("TRUNCATE " + keys_table + ", " + incoming);
    source_.stream(text_.gone_keys(table), target_, keys_table);
    auto changed = text_.rows_of_keys(table, keys_table, "r.*");
    if (is_events(table)) {
        changed = with_runs(changed);
        source_.stream(changed, target_, incoming + "(" + list(columns) + ", committed, run)");
    } else {
        source_.stream(text_.rows_of_keys(table, keys_table, list(columns, "r.")), target_,
                       incoming + "(" + list(columns) + ")");
    }
    target_.ask(text_.remove_gone(table));
    target_.ask(MoveText::take_in(table, columns));
    const auto sent = text_.rows_of_keys(table, keys_table, list(columns, "r."));
    const auto taken = text_.rows_of_keys(table, incoming, list(columns, "r."));
    compare(table, source_.one(checksum_of(sent)), target_.one(checksum_of(taken)));
    return keys;
}

std::uint64_t TenantCopy::compare_all(const MovedTable& table)
{
    const auto rows = "SELECT " + list(columns_.at(table.name), "t.") + " FROM " + table.name
                      + " t WHERE " + text_.is_own(table, "t");
    const auto settled = is_events(table) ? std::string{" AND t.committed < "} + xmin
                                          : std::string{};
    const auto sum = target_.one(checksum_of(rows));
    compare(table, source_.one(checksum_of(rows + settled)), sum);
    return std::stoull(sum);
}

void TenantCopy::compare(const MovedTable& table, const std::string& source_sum,
                         const std::string& target_sum) const
{
    if (source_sum == target_sum) return;
    throw Failure{{errc::corrupt, "The rows of \"" + table.name
                                      + "\" differ after they were copied (" + source_sum + " and "
                                      + target_sum + "): the tenant stays where it is."}};
}

}  // namespace katydid::store::postgres
