#include "hub/dispatch/runtime/settlement_queue.hpp"

#include <algorithm>
#include <iterator>

namespace katydid::dispatch {

SettlementQueue::SettlementQueue(asio::any_io_executor executor, store::Store& store, Events events)
    : executor_{std::move(executor)},
      store_{store},
      events_{std::move(events)},
      parts_(store.shard_count())
{
    for (std::size_t i = 0; i < parts_.size(); ++i) parts_[i].shard = i;
}

bool SettlementQueue::is_writing() const noexcept
{
    return std::ranges::any_of(parts_, &Part::writing);
}

bool SettlementQueue::is_refused() const noexcept
{
    const auto is_stuck = [](const Part& part) { return part.refused || part.is_empty(); };
    return std::ranges::all_of(parts_, is_stuck) && std::ranges::any_of(parts_, &Part::refused);
}

std::size_t SettlementQueue::size() const noexcept
{
    std::size_t all = 0;
    for (const auto& part : parts_) all += part.settles.size() + part.releases.size();
    return all;
}

void SettlementQueue::flush()
{
    for (auto& part : parts_) flush(part);
}

void SettlementQueue::flush(Part& part)
{
    if (part.writing || part.refused || part.is_empty()) return;
    part.writing = true;
    asio::co_spawn(executor_, write(part), [this, &part](const std::exception_ptr& exception) {
        part.writing = false;
        if (exception) refuse(part, {errc::internal, describe(exception)});
        events_.written();
    });
}

void SettlementQueue::retry(std::size_t shard)
{
    parts_[shard].refused = false;
    flush(parts_[shard]);
}

awaitable<void> SettlementQueue::write(Part& part)
{
    while (!part.refused && !part.settles.empty()) {
        co_await write_settles(part);
    }
    while (!part.refused && !part.releases.empty()) {
        co_await write_releases(part);
    }
}

awaitable<void> SettlementQueue::write_settles(Part& part)
{
    std::vector<Settle> batch;
    batch.swap(part.settles);
    std::vector<store::Settlement> settlements;
    settlements.reserve(batch.size());
    for (const auto& settle : batch) settlements.push_back(settle.settlement);
    const auto answer = co_await store_.settle(std::move(settlements));
    if (answer.has_value()) {
        for (const auto& settle : batch) events_.settled(settle);
        co_return;
    }
    part.settles.insert(part.settles.begin(), std::make_move_iterator(batch.begin()),
                        std::make_move_iterator(batch.end()));
    refuse(part, answer.error());
}

/// Releases those of one tenant, the one whose turn it is.
awaitable<void> SettlementQueue::write_releases(Part& part)
{
    auto& releases = part.releases;
    const auto tenant = releases.front().tenant;
    const auto others = std::partition(
        releases.begin(), releases.end(),
        [&](const Release& release) { return release.tenant == tenant; });
    std::vector<Release> batch{releases.begin(), others};
    releases.erase(releases.begin(), others);
    std::vector<DeliveryId> deliveries;
    deliveries.reserve(batch.size());
    for (const auto& release : batch) deliveries.push_back(release.delivery);
    const auto answer = co_await store_.release(tenant, std::move(deliveries));
    if (answer.has_value()) {
        for (const auto& release : batch) events_.released(release);
        co_return;
    }
    releases.insert(releases.begin(), batch.begin(), batch.end());
    refuse(part, answer.error());
}

void SettlementQueue::refuse(Part& part, const Error& error)
{
    part.refused = true;
    events_.refused(part.shard, error);
}

}  // namespace katydid::dispatch
