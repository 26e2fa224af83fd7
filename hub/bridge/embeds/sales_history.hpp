// Keeps a tally of sales up to date with the store.
#pragma once

#include "hub/bridge/embeds/sales_tally.hpp"
#include "hub/core/async/asio.hpp"
#include "hub/store/queries.hpp"

#include <optional>
#include <set>
#include <string>

namespace katydid::bridge {

/// Reads the sales that the store has got since the last time, whichever hub received them, a
/// bounded number a call. What is older than the store keeps is not known after a start.
///
/// Lifetime: the store outlives it. Thread safety: none; one call at a time.
class SalesHistory {
public:
    SalesHistory(store::Queries& store, const Clock& clock) : store_{store}, clock_{clock} {}

    /// Whether it has caught up.
    awaitable<bool> catch_up();
    [[nodiscard]] const SalesTally& tally() const noexcept { return tally_; }

private:
    /// Events of one source and type, and how far they were read.
    struct Stream {
        const char* source;
        const char* type;
        std::optional<EventId> cursor{};
        std::set<EventId> recent{};  ///< after the cursor, and counted
    };
    awaitable<bool> read_page(Stream& stream);
    awaitable<void> count(const Stream& stream, EventId id, Timestamp received_at);

    store::Queries& store_;
    const Clock& clock_;
    SalesTally tally_;
    Stream streams_[2]{{"grasshopper", "ticket.sold"}, {"bridge", "bridge.sale"}};
};

}  // namespace katydid::bridge
