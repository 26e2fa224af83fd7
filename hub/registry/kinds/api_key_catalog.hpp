// API keys: who may call.
#pragma once

#include "hub/registry/catalog.hpp"

namespace katydid::registry {

extern template class Catalog<ApiKey>;

/// They are revoked; only with their tenant they are deleted.
class ApiKeyCatalog final : public Catalog<ApiKey> {
public:
    explicit ApiKeyCatalog(CatalogContext& context) : Catalog{context, "api_key"} {}

    /// A key in memory only: the operator's, from settings.
    awaitable<void> fix(ApiKey key);

private:
    [[nodiscard]] boost::json::object to_json(const ApiKey& row,
                                              store::Record& record) const override;
    result<ApiKey> from_json(const store::Record& record, const boost::json::object& object,
                             const ApiKey* known) override;
    void put_into(const LoopBinding& loop, const ApiKeyPtr& row) override;
    void remove_from(const LoopBinding& loop, const ApiKey& row) override;
};

}  // namespace katydid::registry
