#include "hub/store/sqlite/rows/seq_range.hpp"

#include "hub/store/sqlite/rows/rows.hpp"
#include "hub/store/shared/time_order.hpp"
#include "hub/store/sqlite/sql/meta.sql.hpp"

namespace katydid::store::sqlite {
namespace {

/// The smallest row number from which on times are at least `time`.
std::int64_t find_first(ReadSession& session, const TimeColumn& where, std::int64_t time)
{
    const std::string table{where.table};
    auto& probe = session.prepare("SELECT seq, " + std::string{where.column} + " FROM " + table
                                  + " WHERE seq >= ? ORDER BY seq LIMIT 1");
    auto low = session.connection.integer("SELECT min(seq) FROM " + table);
    auto high = session.connection.integer("SELECT max(seq) FROM " + table) + 1;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        probe.with(middle);
        const ResetGuard guard{probe};
        if (!probe.step() || probe.integer(1) >= time) high = middle;
        else low = probe.integer(0) + 1;
    }
    return low;
}

/// Closes the range on the outermost row that is surely within, so that those outside are looked at
/// once and not again in every step of a list.
void trim(ReadSession& session, const TimeColumn& where, const std::optional<Timestamp>& since,
          const std::optional<Timestamp>& until, SeqRange& range)
{
    const auto outermost = [&](const char* condition, std::int64_t seq, Timestamp time) {
        auto& find = session.prepare("SELECT seq FROM " + std::string{where.table} + " WHERE "
                                     + where.column + condition);
        const ResetGuard guard{find};
        find.with(seq, time);
        return find.step() ? std::optional{find.integer(0)} : std::nullopt;
    };
    if (since)
        if (const auto first = outermost(" >= ?2 AND seq >= ?1 ORDER BY seq LIMIT 1", range.first,
                                         *since))
            range.first = *first;
    if (until)
        if (const auto last = outermost(" < ?2 AND seq <= ?1 ORDER BY seq DESC LIMIT 1", range.last,
                                        *until))
            range.last = *last;
}

}  // namespace

SeqRange find_range(ReadSession& session, const TimeColumn& where,
                    const std::optional<Timestamp>& since, const std::optional<Timestamp>& until)
{
    SeqRange range;
    if (!since && !until) return range;
    const milliseconds seen{session.connection.integer(sql::time_disorder)};
    const auto slack = std::max(time_slack, seen);
    if (since) range.first = find_first(session, where, to_integer(*since - slack));
    if (until) range.last = find_first(session, where, to_integer(*until + slack));
    trim(session, where, since, until, range);
    return range;
}

}  // namespace katydid::store::sqlite
