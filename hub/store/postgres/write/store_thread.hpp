// The store's thread with everything that runs on it.
#pragma once

#include "hub/store/postgres/maintenance/maintenance.hpp"
#include "hub/store/postgres/maintenance/maintenance_connection.hpp"
#include "hub/store/postgres/cluster/cluster.hpp"
#include "hub/store/postgres/read/readers.hpp"
#include "hub/store/postgres/write/writer.hpp"

#include <thread>

namespace katydid::store::postgres {

/// Starts and ends the parts in the right order: the tables first, then the leases, then calls;
/// at the end the calls first, then the leases, so that the last settlements still count.
///
/// Thread safety: `push_write`, `push_maintenance`, `push_query`, `set_listener`,
/// `close` from any thread.
class StoreThread {
public:
    /// Blocks until the store can be used. Throws SqlError, Failure.
    explicit StoreThread(PostgresOptions options);
    ~StoreThread() { close(); }
    StoreThread(const StoreThread&) = delete;
    StoreThread& operator=(const StoreThread&) = delete;

    void push_write(Call call) { writer.enqueue(std::move(call)); }
    void push_maintenance(Call call) { maintenance_.queue.push(std::move(call), std::nullopt); }
    void push_query(Call call);
    void set_listener(Listener* listener);
    /// Carries out what is queued, gives the leases back, ends the thread.
    void close();

private:
    [[nodiscard]] Target target(milliseconds answer_limit, bool prepare) const;
    [[nodiscard]] QueueBounds side_bounds() const;
    awaitable<void> open();
    void spawn(awaitable<void> part, bool is_caller);
    void part_ended(const std::exception_ptr& failure, bool is_caller);

    const PostgresOptions options_;
    asio::io_context loop_{1};

public:
    WriterState state;
    HealthState health_state;
    Writer writer;
    Purger purger;

private:
    Cluster cluster_;
    MaintenanceConnection maintenance_;
    std::vector<std::unique_ptr<Reader>> readers_;
    std::atomic<std::size_t> next_reader_{0};
    std::size_t callers_running_ = 0;
    std::mutex close_mutex_;
    std::thread thread_;
};

}  // namespace katydid::store::postgres
