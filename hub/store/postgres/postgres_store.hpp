// The shared store: one PostgreSQL database, many hubs.
#pragma once

#include "hub/store/store.hpp"

#include <functional>
#include <memory>
#include <string>

namespace katydid::store {

struct PostgresOptions {
    std::string url;  ///< "postgres://…" or keywords, as libpq takes them; several hosts are fine
    std::string address;  ///< where other hubs reach this one, as hub_addresses() tells it

    std::uint32_t window_per_subscription = 256;  ///< deliveries handed over unasked at one time
    std::size_t queue_count_max = 16'384;  ///< waiting appends and changes: over_limit beyond

    milliseconds lease{6'000};            ///< a hub that is silent for so long is taken for dead
    milliseconds renew_interval{2'000};   ///< how often it says that it lives
    milliseconds sweep_interval{10'000};  ///< how often it looks for missed work

    std::function<void(std::string)> warn;  ///< sentences for the operator's log
    /// After each commit, on the store's thread: how long it took and how many calls it carried.
    std::function<void(double seconds, std::size_t calls)> on_commit;
};

/// Connects, brings the tables to this program's schema and joins the other hubs.
///
/// The store has one thread of its own, which waits for all its connections at once: one that
/// writes, one for the leases and LISTEN, one for retention, some for queries.
/// Throws katydid::Failure with a sentence a person can act on: no connection, tables newer than
/// the program, rights missing. Blocks until then.
[[nodiscard]] std::unique_ptr<Store> open_postgres(PostgresOptions options);

}  // namespace katydid::store
