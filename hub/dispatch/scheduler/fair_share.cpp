#include "hub/dispatch/scheduler/fair_share.hpp"

namespace katydid::dispatch {
namespace {

constexpr std::size_t bytes_per_unit = 8'192;

std::int64_t cost_of(const Item& item) noexcept
{
    const auto& payload = item.work.event->payload;
    return 1 + static_cast<std::int64_t>((payload ? payload->size() : 0) / bytes_per_unit);
}

}  // namespace

Tenant& FairShare::join(TenantId tenant)
{
    auto& known = tenants_[tenant];
    if (!known) {
        known = std::make_unique<Tenant>();
        known->id = tenant;
        const auto own = own_shares_.find(tenant);
        if (own != own_shares_.end()) known->own_share = own->second;
    }
    ++known->queues_known;
    return *known;
}

void FairShare::leave(Tenant& tenant)
{
    if (--tenant.queues_known > 0) return;
    ready_.remove(tenant);
    tenants_.erase(tenant.id);
}

void FairShare::set_ready(Queue& queue, bool ready)
{
    if (ready == queue.RingMember::is_linked()) return;
    auto& tenant = queue.tenant;
    if (ready) tenant.ready.add(queue);
    else tenant.ready.remove(queue);
    update(tenant);
}

void FairShare::update(Tenant& tenant)
{
    const auto limit = tenant.own_share > 0 ? tenant.own_share : shares_.tenant_in_flight;
    if (!tenant.ready.empty() && tenant.in_flight < limit) ready_.add(tenant);
    else ready_.remove(tenant);
}

Queue* FairShare::next()
{
    if (in_flight_ >= shares_.in_flight) return nullptr;
    // Ends: every rotation adds credit, and a cost is bounded by the size of an event.
    while (!ready_.empty()) {
        auto& tenant = ready_.current();
        auto& queue = tenant.ready.current();
        const auto lane = queue.next_lane();
        if (!lane) {  // a limit was lowered since
            set_ready(queue, false);
            continue;
        }
        const auto cost = cost_of(queue.lane(*lane).ready.front());
        if (queue.deficit < cost) tenant.ready.rotate();
        else if (tenant.deficit < cost) ready_.rotate();
        else return &queue;
    }
    return nullptr;
}

void FairShare::started(Queue& queue, const Item& item)
{
    const auto cost = cost_of(item);
    queue.deficit -= cost;
    queue.tenant.deficit -= cost;
    ++queue.tenant.in_flight;
    ++in_flight_;
    update(queue.tenant);
}

void FairShare::ended(Queue& queue)
{
    --queue.tenant.in_flight;
    --in_flight_;
    update(queue.tenant);
}

void FairShare::set_tenant_share(TenantId id, std::uint32_t share)
{
    if (share > 0) own_shares_[id] = share;
    else own_shares_.erase(id);
    const auto found = tenants_.find(id);
    if (found == tenants_.end()) return;
    found->second->own_share = share;
    update(*found->second);
}

void FairShare::set_shares(Shares shares)
{
    shares_ = shares;
    for (auto& [id, tenant] : tenants_) update(*tenant);
}

}  // namespace katydid::dispatch
