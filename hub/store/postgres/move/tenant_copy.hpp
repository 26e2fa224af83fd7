// The rows of one tenant, copied to another database while they change.
#pragma once

#include "hub/store/postgres/move/move_link.hpp"
#include "hub/store/postgres/move/move_text.hpp"
#include "hub/store/postgres/move/pace.hpp"

#include <chrono>
#include <functional>
#include <map>

namespace katydid::store::postgres {

/// Copies what is there, then what changed since, by the log that triggers at the source fill.
///
/// It goes in small transactions, since one that lasts keeps followers of all tenants from what is
/// written after it began. Each reads one snapshot, so after it the target has for those rows what
/// the source had, and sums can be compared. Events arrive in the order of their commits, which
/// followers go by: a round leaves out those that no follower could see yet.
/// Lifetime: the links and the pace outlive it. Every call throws SqlError, or Failure where the
/// sides differ.
class TenantCopy {
public:
    using Say = std::function<void(const std::string&)>;

    /// \param say  is told now and then how far it is
    TenantCopy(MoveLink& source, MoveLink& target, const MoveText& text, Pace& pace, Say say);

    /// What is there, after the triggers were made.
    void copy_all();

    /// What changed since, but events that followers cannot see yet: until one more round would
    /// make little difference for `finish`.
    void catch_up();
    /// What changed since, and compares all rows of both sides. Returns how many there are.
    std::uint64_t verify();
    /// All that changed since, at once, of a tenant that nobody writes to; sums are among it.
    void finish();

private:
    using SteadyClock = std::chrono::steady_clock;

    void empty_target(const MovedTable& table);
    void remove_dead_rows(const MovedTable& table);
    std::size_t take_round();
    std::size_t take_changes(const MovedTable& table, SteadyClock::time_point start,
                             SteadyClock::duration aim);
    void copy_events(const MovedTable& table);
    void say_done(const std::string& what, std::uint64_t rows);
    /// \param some  at most so many keys; nullopt: all. Returns how many there were.
    std::size_t copy_changes(const MovedTable& table, std::optional<std::size_t> some);
    /// Calls `work` with what the rows of one step fulfil, until all have had their turn.
    void in_steps(const MovedTable& table, const std::string& what,
                  const std::function<void(const std::string&)>& work);
    void compare(const MovedTable& table, const std::string& source_sum,
                 const std::string& target_sum) const;
    std::uint64_t compare_rows(const MovedTable& table, const std::string& which);
    [[nodiscard]] std::string with_runs(const std::string& events) const;

    MoveLink& source_;
    MoveLink& target_;
    const MoveText& text_;
    Pace& pace_;
    Say say_;
    SteadyClock::time_point said_at_ = SteadyClock::now();
    SteadyClock::time_point round_at_ = SteadyClock::now();
    unsigned steps_ = 0;
    std::map<std::string, std::vector<std::string>> columns_;  ///< by table, without `committed`
};

}  // namespace katydid::store::postgres
