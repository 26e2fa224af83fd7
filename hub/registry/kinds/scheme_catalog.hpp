// Signature schemes that are not of the catalog that the program comes with.
#pragma once

#include "hub/registry/catalog.hpp"

namespace katydid::registry {

extern template class Catalog<OwnScheme>;

class SchemeCatalog final : public Catalog<OwnScheme> {
public:
    explicit SchemeCatalog(CatalogContext& context) : Catalog{context, "scheme"} {}

    /// Creates (base 0) a tenant's scheme, or replaces that version of it; takes effect on the next
    /// request.
    /// Errors: invalid_argument (it cannot work), conflict (another version is there; a setting
    /// made it; a subscription that signs with it could not any more), not_found.
    awaitable<result<OwnSchemePtr>> put(TenantId tenant, std::string name, std::string toml,
                                        std::uint64_t base);

    /// Before the first read(): the schemes of the settings, for every tenant.
    awaitable<void> fix(std::vector<OwnScheme> schemes);

private:
    [[nodiscard]] boost::json::object to_json(const OwnScheme& row,
                                              store::Record& record) const override;
    result<OwnScheme> from_json(const store::Record& record, const boost::json::object& object,
                                const OwnScheme* known) override;
    std::optional<Error> refusal(const OwnScheme& row, const OwnScheme* known) override;
    /// With everything that uses it.
    void put_into(const LoopBinding& loop, const OwnSchemePtr& row) override;
    void remove_from(const LoopBinding& loop, const OwnScheme& row) override;
    /// Errors: conflict (a source or subscription names it, a setting made it).
    awaitable<result<void>> drop(TenantId tenant, std::string id,
                                 std::optional<std::uint64_t> base) override;

    awaitable<result<OwnSchemePtr>> store_scheme(TenantId tenant, std::string name,
                                                 std::string toml, std::uint64_t base);
    [[nodiscard]] std::string users_of(TenantId tenant, const std::string& scheme);
};

}  // namespace katydid::registry
