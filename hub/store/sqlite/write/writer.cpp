#include "hub/store/sqlite/write/writer.hpp"

#include "hub/core/async/start_thread.hpp"
#include "hub/store/sqlite/file/disk_error.hpp"

namespace katydid::store::sqlite {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// How long the thread is idle before it checkpoints the log.
constexpr std::chrono::seconds idle_wait{1};

bool is_write(const WriteJob& job) { return job->phase != Phase::after_commit; }

}  // namespace

Writer::Writer(std::unique_ptr<WriteSession> session, const SqliteOptions& options)
    : options_{options},
      session_{std::move(session)},
      retry_wait_{options.probe_interval}
{
    sqlite3_wal_hook(
        session_->connection.handle(),
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<Writer*>(self)->session_->checkpointer.on_commit(pages);
            return SQLITE_OK;
        },
        this);
    thread_ = start_thread([this] { run(); });
}

std::optional<Error> Writer::refusal(const Job<WriteSession>& job) const
{
    if (closing_) return Error{errc::shutting_down, "The store is closing."};
    const auto health = health_.load();
    if (health == Health::failed)
        return Error{errc::store_failed, "The store failed and cannot be trusted any more."};
    if (health == Health::full && (job.phase == Phase::write || job.phase == Phase::settle))
        return Error{errc::store_full, "The disk is full: nothing was written."};
    const bool is_over = queue_.size() >= options_.queue_count_max
                         || queue_bytes_ + job.bytes > queue_bytes_max;
    if (job.phase == Phase::write && is_over)
        return Error{errc::over_limit, "The store's queue is full: try again later."};
    return std::nullopt;
}

void Writer::enqueue(WriteJob job)
{
    std::unique_lock lock{mutex_};
    if (auto error = refusal(*job)) {
        lock.unlock();
        job->fail(*error);
        Completions<WriteSession> refused;
        refused.add(std::move(job));
        refused.post();
        return;
    }
    queue_bytes_ += job->bytes;
    queue_.push_back(std::move(job));
    if (!asleep_) return;
    asleep_ = false;
    lock.unlock();
    wake_.notify_one();
}

void Writer::close()
{
    const std::lock_guard only_once{close_mutex_};
    {
        const std::lock_guard lock{mutex_};
        closing_ = true;
        asleep_ = false;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Writer::run()
{
    while (true) {
        auto jobs = take_batch();
        if (!jobs.empty()) {
            process(std::move(jobs));
            continue;
        }
        const std::lock_guard lock{mutex_};
        if (closing_ && queue_.empty()) break;
    }
    shut_down();
}

Writer::Jobs Writer::take_batch()
{
    std::unique_lock lock{mutex_};
    if (queue_.empty() && !closing_) {
        asleep_ = true;
        const bool is_full = health_ == Health::full;
        const bool woken = wake_.wait_for(lock, is_full ? retry_wait_ : milliseconds{idle_wait},
                                          [this] { return !asleep_; });
        asleep_ = false;
        if (!woken) {
            lock.unlock();
            if (is_full) try_write();
            else if (health_ != Health::failed && session_->checkpointer.is_behind())
                judge(session_->checkpointer.whole());
            return {};
        }
    }
    Jobs jobs;
    jobs.reserve(std::min(queue_.size(), commit_batch_max));
    std::size_t bytes = 0;
    while (!queue_.empty() && jobs.size() < commit_batch_max
           && (jobs.empty() || bytes + queue_.front()->bytes <= commit_bytes_max)) {
        bytes += queue_.front()->bytes;
        jobs.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    queue_bytes_ -= bytes;
    return jobs;
}

void Writer::process(Jobs jobs)
{
    transact(jobs);
    after_commit(jobs);
    fail_corrupt();
    Completions<WriteSession> completions{jobs.size()};
    for (auto& job : jobs) completions.add(std::move(job));
    completions.post();
    checkpoint_when_due();
}

void Writer::transact(const Jobs& jobs)
{
    if (std::none_of(jobs.begin(), jobs.end(), is_write)) return;
    try {
        write_batch(jobs);
    } catch (const SqlError& error) {
        session_->rollback();
        if (classify(error) == DiskError::none) isolate(jobs, error.what());
        else fail_all(jobs, error);
    } catch (const std::exception& error) {
        session_->rollback();
        isolate(jobs, error.what());
    }
}

void Writer::write_batch(const Jobs& jobs)
{
    const auto start = SteadyClock::now();
    std::size_t count = 0;
    session_->begin();
    for (const auto& job : jobs) {
        if (!is_write(job)) continue;
        job->execute(*session_);
        ++count;
    }
    session_->commit();
    const std::chrono::duration<double> took = SteadyClock::now() - start;
    if (options_.on_commit) options_.on_commit(took.count(), count);
    announce(session_->claimer.apply_effects(listener_ != nullptr));
}

void Writer::isolate(const Jobs& jobs, const std::string& why)
{
    if (std::count_if(jobs.begin(), jobs.end(), is_write) == 1) {
        const auto bad = std::find_if(jobs.begin(), jobs.end(), is_write);
        (*bad)->fail({errc::internal, "The store could not carry this out: " + why});
        warn("A call to the store failed and was undone: " + why);
        return;
    }
    // Nothing of the batch was kept. Alone, only the bad one fails.
    for (const auto& job : jobs)
        if (is_write(job)) transact({job});
}

void Writer::fail_all(const Jobs& jobs, const SqlError& error)
{
    meet_disk_error(error);
    const auto answer = describe(error);
    for (const auto& job : jobs)
        if (is_write(job)) job->fail(answer);
}

void Writer::after_commit(const Jobs& jobs)
{
    for (const auto& job : jobs) {
        if (is_write(job)) continue;
        try {
            job->execute(*session_);
        } catch (const SqlError& error) {
            meet_disk_error(error);
            job->fail(describe(error));
        } catch (const std::exception& error) {
            job->fail({errc::internal, error.what()});
        }
    }
}

void Writer::fail_corrupt()
{
    auto& damaged = session_->state.damaged;
    if (damaged.empty()) return;
    warn(std::to_string(damaged.size())
         + " deliveries were ended unsent: their stored event is damaged or was erased. If it"
           " was not erased, check the disk and restore the file from a backup.");
    try {
        session_->begin();
        session_->settler.fail_corrupt(system_clock().now());
        session_->commit();
        announce(session_->claimer.apply_effects(listener_ != nullptr));
    } catch (const SqlError& error) {
        // They stay held, so they are not handed over; the next start finds them again.
        session_->rollback();
        meet_disk_error(error);
    }
    damaged.clear();
}

void Writer::announce(Claimer::News news)
{
    auto* listener = listener_.load();
    if (listener == nullptr) return;
    if (!news.works.empty()) listener->on_work(std::move(news.works));
    for (const auto& waiting : news.backlog)
        listener->on_backlog(waiting.tenant, waiting.subscription, waiting.lane, waiting.next_due);
}

void Writer::warn(const std::string& sentence) const
{
    if (options_.warn) options_.warn(sentence);
}

}  // namespace katydid::store::sqlite
