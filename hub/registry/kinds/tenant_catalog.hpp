// Tenants: the units of isolation.
#pragma once

#include "hub/registry/catalog.hpp"

namespace katydid::registry {

extern template class Catalog<Tenant>;

/// The default tenant is always there; it has no record (version 0) before its first change.
class TenantCatalog final : public Catalog<Tenant> {
public:
    explicit TenantCatalog(CatalogContext& context) : Catalog{context, "tenant"} {}

    awaitable<result<void>> read() override;
    /// On the first loop, in a change of the registry. Errors: not_found, conflict (another version
    /// is there), those of the store.
    awaitable<result<void>> mark_deleted(TenantId id, std::uint64_t base);

private:
    [[nodiscard]] boost::json::object to_json(const Tenant& row,
                                              store::Record& record) const override;
    result<Tenant> from_json(const store::Record& record, const boost::json::object& object,
                             const Tenant* known) override;
    std::optional<Error> refusal(const Tenant& row, const Tenant* known) override;
    void put_into(const LoopBinding& loop, const TenantPtr& row) override;
    void remove_from(const LoopBinding& loop, const Tenant& row) override;
};

}  // namespace katydid::registry
