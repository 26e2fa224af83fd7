// Whose turn it is: tenants first, then their subscriptions.
#pragma once

#include "hub/dispatch/scheduler/queue.hpp"

#include <memory>
#include <unordered_map>

namespace katydid::dispatch {

/// What this loop may have in flight at the same time. Loops hold integer shares whose sum is the
/// limit of the hub, so that it is never exceeded and needs no lock.
struct Shares {
    std::uint32_t in_flight = 1'024;
    std::uint32_t tenant_in_flight = 1'024;
};

/// The part of a limit that loop `index` of `count` holds. The parts add up to the limit.
[[nodiscard]] constexpr std::uint32_t share_of(std::uint32_t limit, std::size_t index,
                                               std::size_t count) noexcept
{
    const auto loops = static_cast<std::uint32_t>(count);
    return limit / loops + (index < limit % loops ? 1 : 0);
}

struct Tenant : RingMember {
    TenantId id;
    std::uint32_t in_flight = 0;
    std::uint32_t own_share = 0;  ///< of its own limit; 0: it has none, Shares holds
    std::uint32_t queues_known = 0;
    DeficitRing<Queue> ready;  ///< subscriptions that may start an attempt now
};

/// Deficit round robin over tenants and, within each, over subscriptions. A turn is worth the
/// same cost for everybody: one unit for an attempt and one more for every 8 KiB of payload.
///
/// It owns the tenants and counts what is in flight. Thread safety: none.
class FairShare {
public:
    explicit FairShare(Shares shares) : shares_{shares} {}

    [[nodiscard]] Tenant& join(TenantId tenant);  ///< one more subscription of that tenant
    void leave(Tenant& tenant);                   ///< one less; the tenant goes with its last

    /// Says whether a subscription could start an attempt now if it were its turn.
    void set_ready(Queue& queue, bool ready);
    /// The subscription whose turn it is, or nullptr when none may start.
    [[nodiscard]] Queue* next();
    void started(Queue& queue, const Item& item);
    void ended(Queue& queue);

    void set_shares(Shares shares);
    /// This loop's part of a tenant's own limit; 0: it has none any more.
    void set_tenant_share(TenantId tenant, std::uint32_t share);
    [[nodiscard]] std::uint32_t in_flight() const noexcept { return in_flight_; }
    [[nodiscard]] const Shares& shares() const noexcept { return shares_; }

private:
    void update(Tenant& tenant);

    Shares shares_;
    std::uint32_t in_flight_ = 0;
    std::unordered_map<TenantId, std::unique_ptr<Tenant>> tenants_;
    std::unordered_map<TenantId, std::uint32_t> own_shares_;  ///< also of those not here now
    DeficitRing<Tenant> ready_;
};

}  // namespace katydid::dispatch
