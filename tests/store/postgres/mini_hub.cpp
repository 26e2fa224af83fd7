#include "tests/store/postgres/mini_hub.hpp"

#include <boost/asio/post.hpp>

namespace katydid::store::test {
namespace {

constexpr milliseconds retry_wait{50};

bool holds(const Work& work)
{
    return !work.lease || work.lease->holds_at(system_clock().now() + MiniHub::margin);
}

}  // namespace

MiniHub::MiniHub(asio::io_context& loop, std::function<awaitable<void>(const Work&)> send)
    : loop_{loop},
      send_{std::move(send)}
{}

void MiniHub::set_store(Store& store)
{
    store_ = &store;
    store.set_listener(this);
}

void MiniHub::spawn(awaitable<void> task)
{
    asio::co_spawn(loop_, std::move(task), [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    });
}

awaitable<void> MiniHub::start()
{
    auto backlog = co_await store_->backlog();
    if (!backlog) co_return;
    for (const auto& waiting : *backlog)
        claim_soon(waiting.tenant, waiting.subscription, waiting.lane);
}

void MiniHub::on_work(std::vector<Work> works)
{
    asio::post(loop_, [this, works = std::move(works)]() mutable { take(std::move(works)); });
}

void MiniHub::on_backlog(TenantId tenant, SubscriptionId subscription, Lane lane, Timestamp)
{
    asio::post(loop_,
               [this, tenant, subscription, lane] { claim_soon(tenant, subscription, lane); });
}

void MiniHub::on_settings_changed()
{
    asio::post(loop_, [this] { spawn(read_settings()); });
}

awaitable<void> MiniHub::read_settings()
{
    const auto read = co_await store_->records("tenant");
    if (!read && read.error() == errc::internal) throw Failure{read.error()};
}

void MiniHub::on_hubs(std::size_t own_index, std::size_t all)
{
    asio::post(loop_, [this, own_index, all] {
        index = own_index;
        alive = all;
    });
}

void MiniHub::take(std::vector<Work> works)
{
    for (auto& work : works) {
        const auto subscription = work.delivery.subscription;
        auto& queue = queues_[subscription];
        queue.works.push_back(std::move(work));
        if (!std::exchange(queue.busy, true)) spawn(work_off(subscription));
    }
}

void MiniHub::claim_soon(TenantId tenant, SubscriptionId subscription, Lane lane)
{
    auto& queue = queues_[subscription];
    queue.claim_again = true;
    if (!std::exchange(queue.claiming, true)) spawn(claim(tenant, subscription, lane));
}

awaitable<void> MiniHub::claim(TenantId tenant, SubscriptionId subscription, Lane lane)
{
    auto& queue = queues_[subscription];
    while (std::exchange(queue.claim_again, false)) {
        const Claim order{tenant, subscription, lane, 32, system_clock().now()};
        auto claimed = co_await store_->claim(order);
        if (!claimed && claimed.error() == errc::shutting_down) break;
        if (!claimed) {
            queue.claim_again = true;
            co_await pause(retry_wait);
            continue;
        }
        if (!claimed->exhausted) queue.claim_again = true;
        const bool is_waiting = claimed->works.empty() && !claimed->exhausted;
        take(std::move(claimed->works));
        if (is_waiting) co_await pause(milliseconds{1});
    }
    queue.claiming = false;
}

awaitable<void> MiniHub::work_off(SubscriptionId subscription)
{
    auto& queue = queues_[subscription];
    while (!queue.works.empty()) {
        if (!holds(queue.works.front())) {
            co_await give_back(queue);
            continue;
        }
        const Work work = std::move(queue.works.front());
        queue.works.pop_front();
        ++sent;
        co_await send_(work);
        co_await settle(work);
    }
    queue.busy = false;
}

/// Repeats while the store cannot be reached: what was done must be written down, or be taken
/// over by the next owner.
awaitable<void> MiniHub::settle(const Work& work)
{
    Settlement settlement;
    settlement.tenant = work.delivery.tenant;
    settlement.delivery = work.delivery.id;
    settlement.settled_at = system_clock().now();
    auto& attempt = settlement.attempt.emplace();
    attempt.id = ids_.make<AttemptId>();
    attempt.delivery = work.delivery.id;
    attempt.number = work.delivery.attempts + 1;
    attempt.started_at = settlement.settled_at;
    attempt.outcome = AttemptClass::success;
    attempt.status = 200;
    while (true) {
        std::vector<Settlement> settlements{settlement};
        const auto answer = co_await store_->settle(std::move(settlements));
        if (answer && on_settled) on_settled(work);
        if (answer || answer.error() == errc::shutting_down) break;
        co_await pause(retry_wait);
    }
}

/// Gives back all that waits here, also what arrives meanwhile: it comes again, in order.
awaitable<void> MiniHub::give_back(Queue& queue)
{
    while (!queue.works.empty()) {
        std::vector<DeliveryId> ids;
        const auto tenant = queue.works.front().delivery.tenant;
        for (const auto& work : queue.works) ids.push_back(work.delivery.id);
        given_back += ids.size();
        queue.works.clear();
        const auto released = co_await store_->release(tenant, std::move(ids));
        if (!released) co_await pause(retry_wait);
    }
}

awaitable<void> MiniHub::pause(milliseconds wait)
{
    asio::steady_timer timer{loop_, wait};
    co_await timer.async_wait(use_tuple);
}

}  // namespace katydid::store::test
