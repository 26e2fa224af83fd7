#include "hub/receive/rejected/rejected_requests.hpp"

#include "hub/core/limits/quota.hpp"
#include "hub/observe/log.hpp"

#include <algorithm>

namespace katydid::receive {
namespace {

constexpr double kept_per_second = 10;
constexpr Quota in_flight{16, 8, 4};  ///< writes under way, of all and of a source
constexpr std::size_t buckets_max = 4096;

}  // namespace

RejectedRequests::RejectedRequests(store::RejectedWebhooks& store, const signing::Vault& vault,
                                   const Clock& clock)
    : store_{store},
      vault_{vault},
      clock_{clock},
      ids_{clock, random_seed()}
{}

std::optional<RejectedId> RejectedRequests::admit(Share share)
{
    const auto now = clock_.steady_now();
    if (buckets_.size() >= buckets_max)  // sources that came and went
        std::erase_if(buckets_, [](const auto& each) { return each.second.in_flight == 0; });
    auto& bucket = buckets_.try_emplace(share, Bucket{kept_per_second, now}).first->second;
    const std::chrono::duration<double> passed = now - bucket.at;
    bucket.tokens = std::min(kept_per_second, bucket.tokens + passed.count() * kept_per_second);
    bucket.at = now;
    if (bucket.tokens < 1 || !in_flight.admits(in_flight_, bucket.in_flight)) return std::nullopt;
    bucket.tokens -= 1;
    return ids_.make<RejectedId>();
}

void RejectedRequests::keep(const asio::any_io_executor& executor, const Source& source, Item item)
{
    store::Rejected row;
    row.tenant = source.tenant;
    row.id = item.id;
    row.source = source.id;
    row.at = clock_.now();
    row.reason = signing::to_text(item.refusal.reason);
    row.diagnosis = std::move(item.refusal.diagnosis);
    row.remote = std::move(item.remote);
    row.method = std::move(item.method);
    row.verified = item.is_verified;
    seal(row, item.request, vault_);
    // admit() made it, and one with something in flight stays.
    auto& bucket = buckets_.at({source.id, item.is_verified});
    ++in_flight_;
    ++bucket.in_flight;
    const auto on_end = [this, &bucket](const std::exception_ptr& failure) {
        --in_flight_;
        --bucket.in_flight;
        if (failure) log::warn("rejected.not_kept", describe(failure));
    };
    asio::co_spawn(executor, write(std::move(row)), on_end);
}

awaitable<void> RejectedRequests::write(store::Rejected row)
{
    const auto id = row.id;
    const auto kept = co_await store_.add_rejected(std::move(row), store::RejectedBounds{});
    if (!kept) log::warn("rejected.not_kept", kept.error().message, {{"request", id.to_string()}});
}

}  // namespace katydid::receive
