#include "hub/dispatch/runtime/settlement_queue.hpp"

#include <algorithm>
#include <iterator>

namespace katydid::dispatch {

SettlementQueue::SettlementQueue(asio::any_io_executor executor, store::WorkQueue& store,
                                 Events events)
    : executor_{std::move(executor)},
      store_{store},
      events_{std::move(events)}
{}

void SettlementQueue::flush()
{
    if (writing_ || refused_ || (settles_.empty() && releases_.empty())) return;
    writing_ = true;
    asio::co_spawn(executor_, write(), [this](const std::exception_ptr& exception) {
        writing_ = false;
        if (exception) refuse({errc::internal, describe(exception)});
        events_.written();
    });
}

void SettlementQueue::retry()
{
    refused_ = false;
    flush();
}

awaitable<void> SettlementQueue::write()
{
    while (!refused_ && !settles_.empty()) {
        co_await write_settles();
    }
    while (!refused_ && !releases_.empty()) {
        co_await write_releases();
    }
}

awaitable<void> SettlementQueue::write_settles()
{
    std::vector<Settle> batch;
    batch.swap(settles_);
    std::vector<store::Settlement> settlements;
    settlements.reserve(batch.size());
    for (const auto& settle : batch) settlements.push_back(settle.settlement);
    const auto answer = co_await store_.settle(std::move(settlements));
    if (answer.has_value()) {
        for (const auto& settle : batch) events_.settled(settle);
        co_return;
    }
    settles_.insert(settles_.begin(), std::make_move_iterator(batch.begin()),
                    std::make_move_iterator(batch.end()));
    refuse(answer.error());
}

/// Releases those of one tenant, the one whose turn it is.
awaitable<void> SettlementQueue::write_releases()
{
    const auto tenant = releases_.front().tenant;
    const auto others = std::partition(
        releases_.begin(), releases_.end(),
        [&](const Release& release) { return release.tenant == tenant; });
    std::vector<Release> batch{releases_.begin(), others};
    releases_.erase(releases_.begin(), others);
    std::vector<DeliveryId> deliveries;
    deliveries.reserve(batch.size());
    for (const auto& release : batch) deliveries.push_back(release.delivery);
    const auto answer = co_await store_.release(tenant, std::move(deliveries));
    if (answer.has_value()) {
        for (const auto& release : batch) events_.released(release);
        co_return;
    }
    releases_.insert(releases_.begin(), batch.begin(), batch.end());
    refuse(answer.error());
}

void SettlementQueue::refuse(const Error& error)
{
    refused_ = true;
    events_.refused(error);
}

}  // namespace katydid::dispatch
