// Who posts webhooks to us.
#pragma once

#include "hub/registry/kinds/keyed_catalog.hpp"

namespace katydid::registry {

inline Source& setting_of(SourceEntry& entry) { return entry.source; }
inline const Source& setting_of(const SourceEntry& entry) { return entry.source; }

extern template class Catalog<SourceEntry>;
extern template class KeyedCatalog<SourceEntry>;

class SourceCatalog final : public KeyedCatalog<SourceEntry> {
public:
    explicit SourceCatalog(CatalogContext& context) : KeyedCatalog{context, store::source_kind} {}

    /// Creates (id nil) or replaces a source that the API made. `secret` is added to its ring.
    /// Errors: not_found, conflict (a setting made it, or somebody else changed it), those of the
    /// store.
    awaitable<result<SourceEntryPtr>> put(Source source, std::optional<Secret> secret);
    /// Keeps the key that a provider delivered by a handshake. Errors: conflict when the source
    /// has or had a key.
    awaitable<result<void>> keep_first_key(TenantId tenant, SourceId id, Secret secret);

    /// What a setting asks for, with an id that stays. Errors: conflict when the API made one of
    /// that name.
    awaitable<result<void>> fix(const FixedSource& fixed);
    /// Removes what a setting made before and no setting names any more.
    awaitable<result<void>> retire(const std::vector<FixedSource>& fixed);

private:
    [[nodiscard]] boost::json::object to_json(const SourceEntry& row,
                                              store::Record& record) const override;
    result<SourceEntry> from_json(const store::Record& record, const boost::json::object& object,
                                  const SourceEntry* known) override;
    void complete(SourceEntry& row) override;
    void put_into(const LoopBinding& loop, const SourceEntryPtr& row) override;
    void remove_from(const LoopBinding& loop, const SourceEntry& row) override;
    awaitable<result<void>> drop(TenantId tenant, std::string id,
                                 std::optional<std::uint64_t> base) override;

    awaitable<result<SourceEntryPtr>> store_source(Source source, std::optional<Secret> secret);
    awaitable<result<void>> store_first_key(TenantId tenant, SourceId id, Secret secret);
};

}  // namespace katydid::registry
