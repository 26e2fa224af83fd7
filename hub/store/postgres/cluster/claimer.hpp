// Finds the due work of lanes.
#pragma once

#include "hub/store/postgres/write/writer_state.hpp"

namespace katydid::store::postgres {

struct ClaimOrder {
    Claim claim;
    Claimed answer;
};

/// Hands out waiting deliveries of the subscriptions this hub owns. Many claims are one exchange,
/// and their events another. No row is written: what is claimed is known to its owner only.
///
/// Thread safety: none; it belongs to the store's thread.
class Claimer {
public:
    explicit Claimer(WriterState& state) : state_{state} {}

    /// Throws SqlError; then nothing was claimed.
    awaitable<void> claim(Connection& connection, const std::vector<ClaimOrder*>& orders);
    /// Gives claimed work back.
    void release(const TenantId& tenant, const std::vector<DeliveryId>& deliveries);
    /// Ends deliveries whose event is damaged: they are never handed over. Throws SqlError.
    awaitable<void> fail_corrupt(Connection& connection);

private:
    struct Search {
        ClaimOrder* order;
        Subscriber subscriber;
        std::uint64_t rewinds;
        int rows_max;
        Claims::Position from;
    };
    struct Found {
        ClaimOrder* order;
        Delivery delivery;
    };

    bool start(Connection& connection, ClaimOrder& order, std::vector<Search>& searches);
    bool may_hand_out(const Subscriber& subscriber, Lane lane);
    void take_due(const Search& search, const Rows& rows, std::vector<Found>& found);
    awaitable<void> load_events(Connection& connection, const std::vector<Found>& found,
                                std::map<EventId, EventPtr>& events);
    void hand_out(std::vector<Found>& found, const std::map<EventId, EventPtr>& events);

    WriterState& state_;
};

/// What waits of the subscriptions this hub owns, by lane. Throws SqlError.
/// \param subscribers  those asked for; empty: all
awaitable<std::vector<Backlog>> find_backlog(Connection& connection, const HubId& hub,
                                             const std::vector<Subscriber>& subscribers = {});

}  // namespace katydid::store::postgres
