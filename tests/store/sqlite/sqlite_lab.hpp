// For tests of what only the SQLite store does.
#pragma once

#include "hub/store/sqlite/sqlite_store.hpp"
#include "tests/store/stores.hpp"

#include <boost/test/unit_test.hpp>

#include <semaphore>

namespace katydid::store::test {

/// Holds the writer's thread in its commit callback until it is let go.
class Gate {
public:
    /// For SqliteOptions::on_commit.
    void pass(std::size_t calls)
    {
        batches.push_back(calls);
        if (!closed_) return;
        reached_.release();
        open_.acquire();
    }
    void close() { closed_ = true; }
    /// Blocks until the writer stands at the gate.
    void wait_for_writer() { reached_.acquire(); }
    void open()
    {
        closed_ = false;
        open_.release();
    }

    std::vector<std::size_t> batches;  ///< calls of each commit; read it after the store is closed

private:
    std::atomic<bool> closed_{false};
    std::counting_semaphore<> reached_{0};
    std::counting_semaphore<> open_{0};
};

}  // namespace katydid::store::test
