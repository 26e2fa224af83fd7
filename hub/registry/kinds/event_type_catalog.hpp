// The catalog of event types.
#pragma once

#include "hub/registry/catalog.hpp"

namespace katydid::registry {

extern template class Catalog<EventType>;

/// A type whose stored schema cannot be compiled, or not within the tenant's budget, stays without
/// it: one schema must not keep the hub from starting.
class EventTypeCatalog final : public Catalog<EventType> {
public:
    explicit EventTypeCatalog(CatalogContext& context) : Catalog{context, "event_type"} {}

private:
    [[nodiscard]] boost::json::object to_json(const EventType& row,
                                              store::Record& record) const override;
    /// Compiles the schema too, where the tenant's budget allows it.
    result<EventType> from_json(const store::Record& record, const boost::json::object& object,
                                const EventType* known) override;
    std::optional<Error> refusal(const EventType& row, const EventType* known) override;
    void put_into(const LoopBinding& loop, const EventTypePtr& row) override;
    void remove_from(const LoopBinding& loop, const EventType& row) override;

    /// The tenant's types without that one: how many, and what their schemas cost.
    struct Others {
        std::size_t count = 0;
        std::uint64_t work = 0;
    };
    [[nodiscard]] Others others(TenantId tenant, const std::string& name) const;
};

}  // namespace katydid::registry
