// Rows by tenant and kind, so that counting them needs no scan.
#pragma once

#include "hub/core/delivery.hpp"

#include <cstdint>
#include <map>
#include <utility>

namespace katydid::store {

/// What one transaction adds to the counts.
/// \tparam Tenant  how the store names a tenant in its rows
///
/// Thread safety: none; it belongs to the store's thread.
template <class Tenant>
class CountTally {
public:
    static constexpr int events = 100;  ///< beside the numbers of DeliveryState

    void add(const Tenant& tenant, int what, std::int64_t delta)
    {
        deltas_[{tenant, what}] += delta;
    }
    void move(const Tenant& tenant, DeliveryState from, DeliveryState to)
    {
        if (from == to) return;
        add(tenant, static_cast<int>(from), -1);
        add(tenant, static_cast<int>(to), 1);
    }
    void add_all(const CountTally& other)
    {
        for (const auto& [key, delta] : other.deltas_) deltas_[key] += delta;
    }

    [[nodiscard]] const auto& deltas() const noexcept { return deltas_; }
    void clear() { deltas_.clear(); }

private:
    std::map<std::pair<Tenant, int>, std::int64_t> deltas_;
};

}  // namespace katydid::store
