// The rows of one tenant, copied to another database while they change.
#pragma once

#include "hub/store/postgres/move/move_link.hpp"
#include "hub/store/postgres/move/move_text.hpp"

#include <map>

namespace katydid::store::postgres {

/// Copies what is there, then what changed since, by the log that triggers at the source fill.
///
/// Each round reads one snapshot, so after it the target is what the source was then, and sums can
/// be compared. Events arrive in the order of their commits, which followers go by: a round leaves
/// out those that no follower could see yet.
/// Lifetime: the links outlive it. Every call throws SqlError, or Failure where the sides differ.
class TenantCopy {
public:
    TenantCopy(MoveLink& source, MoveLink& target, const MoveText& text);

    /// What is there, after the triggers were made.
    void copy_all();

    enum class Scope : std::uint8_t {
        settled,  ///< without events that are not visible to followers yet
        whole,    ///< of a tenant that nobody writes to
    };
    /// What changed since the last one. Returns how many keys there were.
    std::size_t catch_up(Scope scope);
    /// The same, and compares all rows of both sides. Returns how many there are.
    std::uint64_t verify();

private:
    void make_tables(MoveLink& link) const;
    void copy_events();
    std::size_t copy_changes(const MovedTable& table, Scope scope);
    void compare(const MovedTable& table, const std::string& source_sum,
                 const std::string& target_sum) const;
    std::uint64_t compare_all(const MovedTable& table);
    [[nodiscard]] std::string with_runs(const std::string& events) const;

    MoveLink& source_;
    MoveLink& target_;
    const MoveText& text_;
    std::map<std::string, std::vector<std::string>> columns_;  ///< by table, without `committed`
};

}  // namespace katydid::store::postgres
