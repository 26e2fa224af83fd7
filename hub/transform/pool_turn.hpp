// A call in the pool: who waits, and who has a worker.
#pragma once

#include "hub/transform/pool.hpp"

#include <memory>
#include <string>

namespace katydid::transform {

/// A wait that stop() ends.
class Pool::Wait {
public:
    Wait(Pool& pool, SteadyTime until) : pool_{pool}, timer_{pool.executor_, until}
    {
        pool_.waits_.insert(&timer_);
    }
    ~Wait() { pool_.waits_.erase(&timer_); }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

    awaitable<> over()
    {
        const auto [ignored] = co_await timer_.async_wait(use_tuple);
        static_cast<void>(ignored);
    }
    void end() { timer_.cancel(); }

private:
    Pool& pool_;
    asio::steady_timer timer_;
};

/// One call's place in the queue, then its worker, given back when the call ends, however it does.
class Pool::Turn {
public:
    /// A program that uses more CPU time in one run is a suspect, although it may.
    static constexpr std::chrono::milliseconds long_run{50};

    Turn(Pool& pool, const std::string& key, Deadline deadline)
        : pool_{pool},
          key_{key},
          wait_{pool, deadline.at},
          queued_{pool.queue_.push(key, this)}
    {
        pool_.enter();
    }
    ~Turn()
    {
        if (worker_ != nullptr) give_back();
        else if (queued_) pool_.queue_.remove(key_, this);
        pool_.leave();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    [[nodiscard]] bool has_room() const noexcept { return queued_; }
    [[nodiscard]] bool has_worker() const noexcept { return worker_ != nullptr; }
    [[nodiscard]] bool is_suspect() const noexcept { return worker_->kind == Kind::suspect; }
    [[nodiscard]] const std::shared_ptr<Process>& process() const noexcept { return process_; }
    [[nodiscard]] std::chrono::microseconds waited() const
    {
        return std::chrono::duration_cast<std::chrono::microseconds>(begun_ - queued_at_);
    }

    awaitable<> wait()
    {
        if (worker_ == nullptr) co_await wait_.over();
    }
    void take(Worker& worker)
    {
        worker.busy = true;
        worker.idle.reset();
        ++worker.calls;
        worker_ = &worker;
        process_ = worker.process;
        begun_ = std::chrono::steady_clock::now();
        wait_.end();
    }
    /// The worker has answered, so it can be used again.
    /// \param in_time  else it was cut off
    void done(std::chrono::microseconds cpu_time, bool in_time)
    {
        is_done_ = true;
        in_time_ = in_time;
        cpu_time_ = cpu_time;
        worker_->cpu_time += cpu_time;
    }

private:
    void give_back()
    {
        worker_->busy = false;
        if (is_done_) {
            pool_.retire_if_used(*worker_);
        } else if (worker_->process == process_) {
            worker_->ready = false;
            process_->kill();
        }
        const auto now = std::chrono::steady_clock::now();
        const auto used = std::chrono::duration_cast<std::chrono::microseconds>(now - begun_);
        pool_.queue_.ended(key_, used, in_time_ && cpu_time_ <= long_run, now);
        if (is_suspect()) pool_.let_rest(cpu_time_ * (in_time_ ? 1 : pool_.options_.suspects_rest));
        pool_.hand_out();
        pool_.watch_idle(*worker_);
    }

    Pool& pool_;
    const std::string& key_;
    Wait wait_;
    bool queued_;
    bool is_done_ = false;
    bool in_time_ = false;
    /// Of a worker that is lost: its program's time, and the start of another.
    std::chrono::microseconds cpu_time_ = std::chrono::milliseconds{100};
    Worker* worker_ = nullptr;
    std::shared_ptr<Process> process_;
    SteadyTime queued_at_ = std::chrono::steady_clock::now();
    SteadyTime begun_{};
};

}  // namespace katydid::transform
