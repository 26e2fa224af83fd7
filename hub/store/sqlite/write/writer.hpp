// The thread that writes: it turns many small calls into one durable transaction.
#pragma once

#include "hub/store/shared/completion.hpp"
#include "hub/store/sqlite/write/write_session.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <thread>

namespace katydid::store::sqlite {

using WriteJob = JobPtr<WriteSession>;

/// Takes everything queued, writes it in one transaction, then answers.
///
/// Decides what a batch is, when the log is checkpointed, and what a failed write means: a full
/// disk is tried again by itself, an I/O error is the end. It does not know what is written.
/// Thread safety: `enqueue`, `health`, `set_listener` and `close` from any thread.
class Writer {
public:
    Writer(std::unique_ptr<WriteSession> session, const SqliteOptions& options);
    ~Writer() { close(); }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    void enqueue(WriteJob job);
    void set_listener(Listener* listener) noexcept { listener_ = listener; }
    [[nodiscard]] Health health() const noexcept { return health_; }
    /// Carries out what is queued, empties the log into the file, ends the thread.
    void close();

private:
    using Jobs = std::vector<WriteJob>;

    void run();
    Jobs take_batch();
    std::optional<Error> refusal(const Job<WriteSession>& job) const;

    void process(Jobs jobs);
    /// Carries out the writing jobs in one transaction, or each in its own when one is bad.
    void transact(const Jobs& jobs);
    void write_batch(const Jobs& jobs);
    void isolate(const Jobs& jobs, const std::string& why);
    void after_commit(const Jobs& jobs);
    void fail_corrupt();
    void announce(Claimer::News news);
    void fail_all(const Jobs& jobs, const SqlError& error);

    void checkpoint_when_due();
    /// What SQLite answered to a checkpoint.
    void judge(int code);
    void try_write();
    void set_health(Health health, const std::string& why);
    void meet_disk_error(const SqlError& error);
    void shut_down();
    void warn(const std::string& sentence) const;

    const SqliteOptions& options_;
    std::unique_ptr<WriteSession> session_;
    std::atomic<Listener*> listener_{nullptr};
    std::atomic<Health> health_{Health::ok};

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<WriteJob> queue_;
    std::size_t queue_bytes_ = 0;
    bool asleep_ = false;
    bool closing_ = false;

    milliseconds retry_wait_;
    std::mutex close_mutex_;
    std::thread thread_;
};

}  // namespace katydid::store::sqlite
