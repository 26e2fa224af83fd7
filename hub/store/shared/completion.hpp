// A call that waits for a thread of the store, and how its answer gets back to its loop.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/error.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace katydid::store {

constexpr std::size_t queue_bytes_max = 256U << 20U;  ///< of calls that wait: over_limit beyond
constexpr std::size_t commit_batch_max = 1'024;       ///< calls in one transaction
constexpr std::size_t commit_bytes_max = 8U << 20U;   ///< payload bytes in one transaction

/// When the writer carries a call out.
enum class Phase : std::uint8_t {
    write,        ///< inside the batch's transaction
    settle,       ///< the same, and never refused for the queue's length: work in flight is bounded
    maintenance,  ///< the same, and also while the disk is full: it may make room
    after_commit,  ///< reads that must see the batch's commit
};

/// One waiting call.
///
/// Thread safety: `execute` and `fail` run on a thread of the store, `finish` on the caller's
/// loop, never at the same time. The handler is touched on the loop only.
template <class Session>
class Job {
public:
    virtual ~Job() = default;
    /// Fills in the answer. May run again after a rollback, so it leaves its input alone.
    virtual void execute(Session& session) = 0;
    virtual void fail(const Error& error) = 0;
    /// Hands the answer to the caller.
    virtual void finish() = 0;
    [[nodiscard]] const asio::any_io_executor& executor() const noexcept { return executor_; }

    Phase phase = Phase::write;
    std::size_t bytes = 0;

protected:
    explicit Job(asio::any_io_executor executor) : executor_{std::move(executor)} {}

private:
    asio::any_io_executor executor_;  ///< counts as work, so that the caller's loop stays up
};

template <class Session>
using JobPtr = std::shared_ptr<Job<Session>>;

template <class Session, class T, class Work, class Handler>
class CallJob final : public Job<Session> {
public:
    CallJob(asio::any_io_executor executor, Handler handler, Work work)
        : Job<Session>{std::move(executor)},
          work_{std::move(work)},
          handler_{std::move(handler)}
    {}

    void execute(Session& session) override
    {
        if constexpr (std::is_void_v<std::invoke_result_t<Work&, Session&>>) {
            std::invoke(work_, session);
            value_.emplace();
        } else {
            value_.emplace(std::invoke(work_, session));
        }
    }
    void fail(const Error& error) override { value_.emplace(error); }

    void finish() override
    {
        if (!handler_) return;  // cancelled: no caller waits any more
        auto handler = std::move(*handler_);
        handler_.reset();
        asio::get_associated_cancellation_slot(handler).clear();
        std::move(handler)(std::move(*value_));
    }

    /// Lets a terminal cancellation end the wait. The work itself is carried out all the same.
    static void connect_cancellation(const std::shared_ptr<CallJob>& job)
    {
        auto slot = asio::get_associated_cancellation_slot(*job->handler_);
        if (!slot.is_connected()) return;
        slot.assign([waiting = std::weak_ptr<CallJob>{job}](asio::cancellation_type type) {
            if ((type & asio::cancellation_type::terminal) == asio::cancellation_type::none) return;
            const auto held = waiting.lock();
            if (held && held->handler_) stop_waiting(*held);
        });
    }

private:
    static void stop_waiting(CallJob& job)
    {
        auto handler = std::make_shared<Handler>(std::move(*job.handler_));
        job.handler_.reset();
        asio::post(job.executor(), [handler] {
            Error error{errc::shutting_down, "The wait for the store was cancelled."};
            std::move (*handler)(result<T>{std::move(error)});
        });
    }

    Work work_;
    std::optional<Handler> handler_;
    std::optional<result<T>> value_;
};

/// Starts a call: makes its job and gives it to `enqueue`, on the caller's thread.
/// \param work  takes a Session& and gives a T or a result<T>, on a thread of the store
/// \param enqueue  takes the JobPtr
template <class T, class Session, class Work, class Enqueue>
awaitable<result<T>> start_call(Phase phase, std::size_t bytes, Work work, Enqueue enqueue)
{
    auto initiate = [phase, bytes, enqueue](auto handler, Work moved_work) {
        using Handler = decltype(handler);
        using Call = CallJob<Session, T, Work, Handler>;
        asio::any_io_executor executor = asio::prefer(asio::get_associated_executor(handler),
                                                      asio::execution::outstanding_work.tracked);
        auto job = std::make_shared<Call>(std::move(executor), std::move(handler),
                                          std::move(moved_work));
        job->phase = phase;
        job->bytes = bytes;
        Call::connect_cancellation(job);
        enqueue(JobPtr<Session>{std::move(job)});
    };
    return asio::async_initiate<const asio::use_awaitable_t<>, void(result<T>)>(
        std::move(initiate), asio::use_awaitable, std::move(work));
}

/// Collects the finished calls of a batch, so that each loop is woken once for all of its own.
///
/// Thread safety: none; one per batch.
template <class Session>
class Completions {
public:
    /// \param jobs_max  of one loop
    explicit Completions(std::size_t jobs_max = 1) : jobs_max_{jobs_max} {}

    void add(JobPtr<Session> job)
    {
        for (auto& group : groups_) {
            if (group.executor != job->executor()) continue;
            group.jobs.push_back(std::move(job));
            return;
        }
        auto& group = groups_.emplace_back();
        group.executor = job->executor();
        group.jobs.reserve(jobs_max_);
        group.jobs.push_back(std::move(job));
    }

    /// Posts every group to its loop, in the order of `add`.
    void post()
    {
        for (auto& group : groups_) post_jobs(group.executor, std::move(group.jobs));
        groups_.clear();
    }

private:
    using Jobs = std::vector<JobPtr<Session>>;
    struct Group {
        asio::any_io_executor executor;
        Jobs jobs;
    };

    static void post_jobs(const asio::any_io_executor& executor, Jobs jobs)
    {
        asio::post(executor, [executor, moved = std::move(jobs)]() mutable {
            finish_all(executor, std::move(moved));
        });
    }

    static void finish_all(const asio::any_io_executor& executor, Jobs jobs)
    {
        for (std::size_t i = 0; i < jobs.size(); ++i) {
            try {
                jobs[i]->finish();
            } catch (...) {
                // The exception belongs to that caller's loop; the others still get their answers.
                Jobs rest{jobs.begin() + static_cast<std::ptrdiff_t>(i) + 1, jobs.end()};
                if (!rest.empty()) post_jobs(executor, std::move(rest));
                throw;
            }
        }
    }

    std::vector<Group> groups_;
    std::size_t jobs_max_;
};

}  // namespace katydid::store
