#include "hub/store/sqlite/seq_range.hpp"

#include "hub/store/sqlite/rows.hpp"

namespace katydid::store::sqlite {
namespace {

/// Rows of several loops, and of a clock that was set back a little, are this far out of order
/// at most.
constexpr milliseconds time_slack = std::chrono::minutes{10};

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
        probe.bind(1, middle);
        const ResetGuard guard{probe};
        if (!probe.step() || probe.integer(1) >= time) high = middle;
        else low = probe.integer(0) + 1;
    }
    return low;
}

}  // namespace

SeqRange find_range(ReadSession& session, const TimeColumn& where,
                    const std::optional<Timestamp>& since, const std::optional<Timestamp>& until)
{
    SeqRange range;
    if (since) range.first = find_first(session, where, to_integer(*since - time_slack));
    if (until) range.last = find_first(session, where, to_integer(*until + time_slack));
    return range;
}

}  // namespace katydid::store::sqlite
