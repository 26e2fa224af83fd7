#include "hub/store/postgres/move/tenant_copy.hpp"

#include "hub/core/error.hpp"

#include <algorithm>
#include <limits>

namespace katydid::store::postgres {
namespace {

constexpr const char* begin_snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ";
constexpr const char* xmin = "pg_snapshot_xmin(pg_current_snapshot())";
constexpr std::size_t every_settled = 1'000'000'000;
constexpr std::chrono::seconds say_interval{10};
constexpr std::size_t few_keys = 500;
constexpr int rounds_max = 30;
/// Writes are refused for about as long as a round takes.
constexpr std::chrono::seconds pause_aim{1};
constexpr unsigned steps_tidied = 32;
constexpr std::chrono::hours as_long_as_it_takes{24};

std::string in_brackets(const std::vector<std::string>& values)
{
    std::string text;
    for (const auto& value : values) text += (text.empty() ? "('" : ", '") + value + "'";
    return text + ")";
}

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

TenantCopy::TenantCopy(MoveLink& source, MoveLink& target, const MoveText& text, Pace& pace,
                       Say say)
    : source_{source},
      target_{target},
      text_{text},
      pace_{pace},
      say_{std::move(say)}
{
    for (const auto& table : moved_tables()) {
        auto& columns = columns_[table.name] = columns_of(source, table.name);
        if (columns != columns_of(target, table.name))
            throw Failure{{errc::refused, "The two shards have different tables: start the same"
                                          " program on both first."}};
    }
    // What is lost when the source's server dies is lost with its logs: the move begins again.
    source.ask("SET synchronous_commit = off");
    for (const auto& table : moved_tables()) {
        source.ask(MoveText::make_keys(table));
        target.ask(MoveText::make_keys(table));
        target.ask(MoveText::make_incoming(table));
    }
}

/// The temporary tables are emptied row by row: TRUNCATE waits for the disk, and lets all others
/// wait.
void TenantCopy::empty_target(const MovedTable& table)
{
    target_.ask("DELETE FROM ks_" + table.name + "; DELETE FROM in_" + table.name);
}

/// Between transactions. Many small steps leave fewer rows than one page needs.
void TenantCopy::remove_dead_rows(const MovedTable& table)
{
    if (pace_.rests() && ++steps_ % steps_tidied != 0) return;
    // The log is not made shorter, as that locks out who writes to it.
    source_.ask("VACUUM (TRUNCATE false) katydid_move_" + table.name);
    source_.ask("VACUUM ks_" + table.name);
    target_.ask("VACUUM ks_" + table.name + ", in_" + table.name);
}

void TenantCopy::say_done(const std::string& what, std::uint64_t rows)
{
    const auto now = SteadyClock::now();
    if (now < said_at_ + say_interval) return;
    said_at_ = now;
    say_(what + ": " + std::to_string(rows) + " rows so far");
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

void TenantCopy::in_steps(const MovedTable& table, const std::string& what,
                          const std::function<void(const std::string&)>& work)
{
    const auto keys = list(table.keys, "t.");
    const auto own = text_.is_own(table, "t");
    std::string after;
    std::uint64_t done = 0;
    pace_.begin();
    for (bool is_last = false; !is_last;) {
        done += pace_.rows();
        pace_.step([&] {
            const auto last = source_.ask("SELECT " + keys + " FROM " + table.name + " t WHERE "
                                          + own + after + " ORDER BY " + keys + " LIMIT 1 OFFSET "
                                          + std::to_string(pace_.rows() - 1));
            is_last = last.empty();
            if (is_last) return work(own + after);
            const auto place = in_brackets(last.front());
            work(own + after + " AND (" + keys + ") <= " + place);
            after = " AND (" + keys + ") > " + place;
        });
        say_done(what + table.name, done);
    }
}

void TenantCopy::copy_all()
{
    for (const auto& table : moved_tables()) {
        if (table.in_pause) {
            source_.ask(text_.log_rows(table, "true"));
        } else if (is_events(table)) {
            copy_events(table);
        } else {
            const auto& columns = columns_.at(table.name);
            in_steps(table, "copied ", [&](const std::string& which) {
                source_.stream("SELECT " + list(columns, "t.") + " FROM " + table.name + " t WHERE "
                                   + which,
                               target_, table.name + "(" + list(columns) + ")");
            });
        }
    }
}

/// In their order; those that are not settled are left to the rounds.
void TenantCopy::copy_events(const MovedTable& table)
{
    const auto& columns = columns_.at(table.name);
    const auto settled = "'" + source_.one(std::string{"SELECT "} + xmin) + "'::xid8";
    source_.ask(text_.log_rows(table, "t.committed >= " + settled));
    const auto own = "t.tenant = " + text_.unplanned() + " AND t.committed < " + settled;
    std::string after;
    std::uint64_t done = 0;
    pace_.begin();
    for (bool is_last = false; !is_last;) {
        done += pace_.rows();
        pace_.step([&] {
            const auto some = "SELECT t.* FROM events t WHERE " + own + after
                              + " ORDER BY t.committed, t.id LIMIT " + std::to_string(pace_.rows());
            remove_dead_rows(table);
            empty_target(table);
            source_.stream(with_runs(some), target_,
                           "in_events(" + list(columns) + ", committed, run)");
            target_.ask(MoveText::take_in(table, columns));
            const auto last = target_.ask("SELECT committed, id FROM in_events"
                                          " ORDER BY committed DESC, id DESC LIMIT 1");
            is_last = last.empty();
            if (!is_last) after = " AND (t.committed, t.id) > " + in_brackets(last.front());
        });
        say_done("copied events", done);
    }
}

void TenantCopy::catch_up()
{
    const auto usual = pace_;
    std::size_t last = std::numeric_limits<std::size_t>::max();
    for (int round = 0; round < rounds_max; ++round) {
        const auto start = SteadyClock::now();
        const auto keys = take_round();
        // In a hurry, half as many again are what changes in a round's least time.
        const bool is_least = keys > last / 2 && !pace_.rests()
                              && SteadyClock::now() - start < pause_aim;
        if (keys < few_keys || is_least) {
            pace_ = usual;
            return;
        }
        if (keys > last / 2) pace_.hurry_to(Pace::restless);
        last = keys;
    }
    throw Failure{{errc::over_limit, "The tenant's rows change faster than they can be copied: it"
                                     " stays where it is."}};
}

/// Returns how many keys there were.
std::size_t TenantCopy::take_round()
{
    std::size_t keys = 0;
    // A round takes half the time in which its changes came: so the rounds become shorter.
    const auto start = SteadyClock::now();
    const auto aim = (start - round_at_) / 2;
    round_at_ = start;
    for (const auto& table : moved_tables())
        if (!table.in_pause) keys += take_changes(table, start, aim);
    return keys;
}

/// Those of one table that are there now, so it ends: what is written meanwhile is left.
/// \param aim  since `start`; it hurries halfway, and more after it
std::size_t TenantCopy::take_changes(const MovedTable& table, SteadyClock::time_point start,
                                     SteadyClock::duration aim)
{
    auto left = source_.number("SELECT count(*) FROM katydid_move_" + table.name);
    std::size_t keys = 0;
    pace_.begin();
    while (left > 0) {
        const auto took = SteadyClock::now() - start;
        if (took >= aim / 2) pace_.hurry_to(took >= aim ? Pace::restless : Pace::brisk);
        pace_.step([&] {
            const auto some = pace_.rests() ? pace_.rows() : every_settled;
            remove_dead_rows(table);
            source_.ask(begin_snapshot);
            const auto taken = copy_changes(table, some);
            source_.ask("COMMIT");
            keys += taken;
            left = taken < some ? 0 : left - std::min<std::uint64_t>(left, taken);
        });
    }
    return keys;
}

void TenantCopy::finish()
{
    source_.ask(begin_snapshot);
    for (const auto& table : moved_tables()) copy_changes(table, std::nullopt);
    source_.ask("COMMIT");
}

std::uint64_t TenantCopy::verify()
{
    std::uint64_t rows = 0;
    for (const auto& table : moved_tables()) {
        if (table.in_pause) continue;
        take_changes(table, SteadyClock::now(), as_long_as_it_takes);
        in_steps(table, "compared ", [&](const std::string& which) {
            remove_dead_rows(table);
            source_.ask(begin_snapshot);
            copy_changes(table, every_settled);
            rows += compare_rows(table, which);
            source_.ask("COMMIT");
        });
    }
    return rows;
}

std::size_t TenantCopy::copy_changes(const MovedTable& table, std::optional<std::size_t> some)
{
    const auto& columns = columns_.at(table.name);
    const auto keys_table = "ks_" + table.name;
    const auto incoming = "in_" + table.name;
    const auto keys = source_.number("DELETE FROM " + keys_table + "; "
                                     + MoveText::take_keys(table, some));
    if (keys == 0) return 0;
    empty_target(table);
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

std::uint64_t TenantCopy::compare_rows(const MovedTable& table, const std::string& which)
{
    const auto rows = "SELECT " + list(columns_.at(table.name), "t.") + " FROM " + table.name
                      + " t WHERE " + which;
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
