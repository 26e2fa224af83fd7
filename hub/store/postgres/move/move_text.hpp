// The statements of a move, made for one tenant.
#pragma once

#include "hub/core/id.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace katydid::store::postgres {

/// As PostgreSQL writes one, and back.
[[nodiscard]] std::string to_uuid(const TenantId& tenant);
[[nodiscard]] TenantId from_uuid(std::string text);

/// A table whose rows go with their tenant.
struct MovedTable {
    std::string name;
    std::vector<std::string> keys;  ///< of its primary key, after the tenant
    /// Sums over all tenants: they go in the pause, so that none is in two shards at a time.
    bool in_pause = false;
};

[[nodiscard]] bool is_events(const MovedTable& table);

/// What refers to other rows comes after them; counts, which change with each commit, come last.
[[nodiscard]] std::span<const MovedTable> moved_tables();

/// "prefixone, prefixtwo"
[[nodiscard]] std::string list(const std::vector<std::string>& columns,
                               const std::string& prefix = "");

/// A change of each table under one lock of all: those that come to them meanwhile wait once.
[[nodiscard]] std::string change_all(const std::string& lock_mode,
                                     const std::function<std::string(const MovedTable&)>& change);

/// Statements for the databases of a move. Each is a text without values, since triggers take none.
///
/// The source has for each table a log of changed keys (`katydid_move_TABLE`). A trigger fills it,
/// and refuses writes while the mover holds the pause lock or when the tenant has left.
/// Both sides have temporary tables `ks_TABLE` with keys, and the target `in_TABLE` with rows.
/// Thread safety: immutable.
class MoveText {
public:
    /// \param tenant  as PostgreSQL writes a uuid
    explicit MoveText(std::string tenant) : tenant_{std::move(tenant)} {}

    /// What `row` of a query fulfils that is the tenant's and not the whole hub's.
    [[nodiscard]] std::string is_own(const MovedTable& table, const std::string& row) const;
    [[nodiscard]] std::string literal() const { return "'" + tenant_ + "'"; }
    /// The tenant as the planner should see it: statistics that are older than the tenant say that
    /// a literal has no rows, and then the planner takes any index that begins with it.
    [[nodiscard]] std::string unplanned() const { return "(SELECT " + literal() + "::uuid)"; }
    /// A number for advisory locks, by database, schema and tenant: writers share it.
    [[nodiscard]] std::string pause_key() const;

    [[nodiscard]] static std::string make_keys(const MovedTable& table);

    // At the source.
    [[nodiscard]] std::string make_log(const MovedTable& table,
                                       const std::string& pause_number) const;
    [[nodiscard]] static std::string drop_log(const MovedTable& table);
    [[nodiscard]] std::string watch(const MovedTable& table) const;
    /// Neither watched nor guarded.
    [[nodiscard]] static std::string leave_alone(const MovedTable& table);
    [[nodiscard]] std::string hold_leases(const std::string& mover_number) const;
    [[nodiscard]] static std::string free_leases();
    /// Refuses events of a tenant that has left, for good: a hub that stood still for an hour must
    /// not acknowledge any here.
    [[nodiscard]] std::string bar() const;
    [[nodiscard]] std::string unbar() const;
    /// Takes changed keys out of the log, and says how many. \param some  at most so many, and not
    ///   events that no follower can see yet: they must arrive in the order of their commits
    [[nodiscard]] static std::string take_keys(const MovedTable& table,
                                               std::optional<std::size_t> some);
    /// Has a later round take all rows, or those of which `which` is true.
    [[nodiscard]] std::string log_rows(const MovedTable& table, const std::string& which) const;
    /// The rows of those keys. \param columns  with the row's name
    [[nodiscard]] std::string rows_of_keys(const MovedTable& table, const std::string& keys,
                                           const std::string& columns) const;
    [[nodiscard]] std::string gone_keys(const MovedTable& table) const;

    // At the target.
    /// Retention there must not judge rows that are half there.
    [[nodiscard]] static std::string make_guard();
    [[nodiscard]] std::string guard(const MovedTable& table) const;
    [[nodiscard]] static std::string make_incoming(const MovedTable& table);
    [[nodiscard]] std::string remove_gone(const MovedTable& table) const;
    [[nodiscard]] static std::string take_in(const MovedTable& table,
                                             const std::vector<std::string>& columns);

    [[nodiscard]] std::string remove_some(const MovedTable& table, std::size_t rows) const;

private:
    std::string tenant_;
};

/// "count sum" over the rows of a query.
[[nodiscard]] std::string checksum_of(const std::string& query);

}  // namespace katydid::store::postgres
