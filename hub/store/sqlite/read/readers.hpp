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

/// A fixed number of threads, each with its own connection, taking calls from one queue.
/// Thread safety: all calls from any thread.
class Readers {
public:
    using ReadJob = JobPtr<ReadSession>;

    Readers(const SqliteOptions& options, unsigned threads);
    ~Readers() { close(); }
    Readers(const Readers&) = delete;
    Readers& operator=(const Readers&) = delete;

    void enqueue(ReadJob job);
    /// Answers what is queued, then ends the threads.
    void close();

private:
    void run(ReadSession& session);
    static void answer(ReadJob job);

    std::size_t queue_max_;
    std::vector<std::unique_ptr<ReadSession>> sessions_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<ReadJob> queue_;
    std::atomic<bool> closing_{false};
    std::mutex close_mutex_;
    std::vector<std::thread> threads_;
};

}  // namespace katydid::store::sqlite
