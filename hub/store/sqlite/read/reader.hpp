// The threads that answer queries, beside the one that writes.
#pragma once

#include "hub/store/shared/completion.hpp"
#include "hub/store/sqlite/file/connection.hpp"
#include "hub/store/sqlite/rows/delivery_ids.hpp"
#include "hub/store/sqlite/sqlite_store.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <thread>
#include <map>

namespace katydid::store::sqlite {

/// A read-only connection with its prepared statements. Thread safety: none.
struct ReadSession {
    explicit ReadSession(const SqliteOptions& options);

    /// Prepared once and kept; reset by the caller. Valid until trim().
    Statement& prepare(std::string_view sql);
    /// Between two queries, since one may hold several statements: drops them when they are many.
    void trim();

    Connection connection;
    DeliveryIds ids;
    const std::atomic<bool>* closing = nullptr;  ///< long work stops when it is set

private:
    std::map<std::string, Statement, std::less<>> statements_;
};

/// A thread with a connection of its own, which takes calls from a queue.
/// Thread safety: all calls from any thread.
class Reader {
public:
    using ReadJob = JobPtr<ReadSession>;

    /// Throws Failure.
    explicit Reader(const SqliteOptions& options);
    ~Reader() { close(); }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    void enqueue(ReadJob job);
    /// Answers what is queued, then ends the thread.
    void close();

private:
    void run();
    static void answer(ReadJob job);

    std::unique_ptr<ReadSession> session_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<ReadJob> queue_;
    std::atomic<bool> closing_{false};
    std::mutex close_mutex_;
    std::thread thread_;
};

}  // namespace katydid::store::sqlite
