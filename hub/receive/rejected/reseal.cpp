#include "hub/receive/rejected/reseal.hpp"

namespace katydid::receive {
namespace {

constexpr std::uint32_t page_size = 250;

awaitable<result<bool>> reseal_one(store::RejectedWebhooks& store, const signing::Vault& vault,
                                   TenantId tenant, RejectedId id)
{
    auto row = co_await store.rejected(tenant, id);
    if (!row) co_return row.error();
    row->tenant = tenant;
    if (!row->body || !vault.needs_reseal(*row->body)) co_return false;
    const auto request = open(*row, vault);
    if (!request) co_return false;
    seal(*row, *request, vault);
    auto removed = co_await store.delete_rejected(tenant, id);
    if (!removed) co_return removed.error();
    auto kept = co_await store.add_rejected(std::move(*row), store::RejectedBounds{});
    if (!kept) co_return kept.error();
    co_return true;
}

}  // namespace

awaitable<result<std::size_t>> reseal_rejected(store::RejectedWebhooks& store,
                                               const signing::Vault& vault,
                                               std::vector<TenantId> tenants)
{
    std::size_t count = 0;
    for (const auto tenant : tenants) {
        store::RejectedQuery query;
        query.tenant = tenant;
        query.limit = page_size;
        for (;;) {
            const auto rows = co_await store.rejected(query);
            // Of a shard that is away: the next start does it, as long as the former key is known.
            if (!rows && rows.error() == errc::store_unavailable) break;
            if (!rows) co_return rows.error();
            for (const auto& row : *rows) {
                auto resealed = co_await reseal_one(store, vault, tenant, row.id);
                if (!resealed && resealed.error() != errc::not_found) co_return resealed.error();
                if (resealed && *resealed) ++count;
            }
            if (rows->size() < page_size) break;
            query.cursor = rows->back().id;
        }
    }
    co_return count;
}

}  // namespace katydid::receive
