#include "hub/store/postgres/write/call_queue.hpp"

namespace katydid::store::postgres {

CallQueue::CallQueue(asio::io_context& loop, QueueBounds bounds) : loop_{loop}, bounds_{bounds} {}

std::optional<Error> CallQueue::full(const Call& call) const
{
    const bool is_over = calls_.size() >= bounds_.count_max
                         || bytes_ + call.job->bytes > queue_bytes_max;
    if (call.job->phase != Phase::write || !is_over) return std::nullopt;
    return Error{errc::over_limit, "The store's queue is full: try again later."};
}

void CallQueue::push(Call call, const std::optional<Error>& refusal)
{
    std::unique_lock lock{mutex_};
    auto error = refusal;
    if (closed_) error = Error{errc::shutting_down, "The store is closing."};
    if (!error) error = full(call);
    if (error) {
        lock.unlock();
        Completions<Done> refused;
        fail(call, *error, refused);
        refused.post();
        return;
    }
    bytes_ += call.job->bytes;
    calls_.push_back(std::move(call));
    const bool was_asleep = std::exchange(asleep_, false);
    lock.unlock();
    if (was_asleep) asio::post(loop_, [this] { wake(); });
}

void CallQueue::close()
{
    const std::lock_guard lock{mutex_};
    closed_ = true;
    asleep_ = false;
    asio::post(loop_, [this] { wake(); });
}

bool CallQueue::is_closed() const
{
    const std::lock_guard lock{mutex_};
    return closed_;
}

Calls CallQueue::take()
{
    const std::lock_guard lock{mutex_};
    Calls taken;
    std::size_t bytes = 0;
    while (!calls_.empty() && taken.size() < bounds_.batch_max
           && (taken.empty() || bytes + calls_.front().job->bytes <= bounds_.batch_bytes_max)) {
        bytes += calls_.front().job->bytes;
        taken.push_back(std::move(calls_.front()));
        calls_.pop_front();
    }
    bytes_ -= bytes;
    return taken;
}

awaitable<void> CallQueue::wait(milliseconds limit)
{
    woken_.reset();
    {
        const std::lock_guard lock{mutex_};
        if (!calls_.empty() || closed_) co_return;
        asleep_ = true;
    }
    co_await woken_.wait(SteadyTime::clock::now() + limit);
    const std::lock_guard lock{mutex_};
    asleep_ = false;
}

}  // namespace katydid::store::postgres
