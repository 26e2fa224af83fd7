#include "hub/core/limits/shared_rate.hpp"

#include <algorithm>

namespace katydid {
namespace {

constexpr std::size_t remembered_max = 4'096;

}  // namespace

void SharedRate::Level::refill(const Bucket& bucket, SteadyTime now)
{
    const std::chrono::duration<double> passed = now - at;
    tokens = std::min(bucket.burst, tokens + passed.count() * bucket.per_second);
    at = now;
}

bool SharedRate::take(const std::string& who, SteadyTime now)
{
    all_.refill(options_.all, now);
    if (ones_.size() >= remembered_max && !ones_.contains(who)) ones_.clear();
    auto& own = ones_.try_emplace(who, Level{options_.one.burst, now}).first->second;
    own.refill(options_.one, now);
    const bool is_quiet = own.tokens > options_.one.burst - 1;
    if (own.tokens < 1 || all_.tokens < 1 + (is_quiet ? 0 : options_.reserve)) return false;
    own.tokens -= 1;
    all_.tokens -= 1;
    return true;
}

}  // namespace katydid
