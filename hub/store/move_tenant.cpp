#include "hub/store/move_tenant.hpp"

#include "hub/store/postgres/move/tenant_move.hpp"
#include "hub/store/postgres/wire/sql_error.hpp"

#include <algorithm>

namespace katydid::store {

result<Moved> move_tenant(const MoveOptions& options)
{
    if (options.shards.size() < 2)
        return Error{errc::refused, "The settings have no [[shards]]: there is only one place."};
    const auto is_shared = [](const auto& shard) { return is_shared_store(shard.url); };
    if (!std::ranges::all_of(options.shards, is_shared))
        return Error{errc::refused, "Tenants move between shards on PostgreSQL only."};
    try {
        return postgres::TenantMove{options}.run();
    } catch (const postgres::SqlError& error) {
        return Error{errc::store_unavailable,
                     std::string{"The move stopped: "} + error.what()
                         + ". The tenant works on; the same command again goes on."};
    } catch (const Failure& failure) {
        return failure.error();
    }
}

}  // namespace katydid::store
