#include "hub/receive/quarantine.hpp"

#include "hub/observe/log.hpp"

#include <algorithm>

namespace katydid::receive {
namespace {

constexpr double kept_per_second = 10;
constexpr unsigned in_flight_max = 16;
constexpr std::size_t buckets_max = 4096;

}  // namespace

Quarantine::Quarantine(store::Store& store, const signing::Vault& vault, const Clock& clock)
    : store_{store},
      vault_{vault},
      clock_{clock},
      ids_{clock, random_seed()}
{}

std::optional<RejectedId> Quarantine::admit(Share share)
{
    if (in_flight_ >= in_flight_max) return std::nullopt;
    const auto now = clock_.steady_now();
    if (buckets_.size() >= buckets_max) buckets_.clear();  // sources that came and went
    auto& bucket = buckets_.try_emplace(share, Bucket{kept_per_second, now}).first->second;
    const std::chrono::duration<double> passed = now - bucket.at;
    bucket.tokens = std::min(kept_per_second, bucket.tokens + passed.count() * kept_per_second);
    bucket.at = now;
    if (bucket.tokens < 1) return std::nullopt;
    bucket.tokens -= 1;
    return ids_.make<RejectedId>();
}

void Quarantine::keep(const asio::any_io_executor& executor, const store::Source& source, Item item)
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
    ++in_flight_;
    asio::co_spawn(executor, write(std::move(row)), [this](const std::exception_ptr& failure) {
        --in_flight_;
        if (failure) log::warn("quarantine.failed", describe(failure));
    });
}

awaitable<void> Quarantine::write(store::Rejected row)
{
    const auto id = row.id;
    const auto kept = co_await store_.quarantine(std::move(row), store::QuarantineBounds{});
    if (!kept) log::warn("quarantine.failed", kept.error().message, {{"request", id.to_string()}});
}

}  // namespace katydid::receive
