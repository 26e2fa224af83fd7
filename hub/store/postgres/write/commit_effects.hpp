// What a transaction changed, acted on only after its commit.
#pragma once

#include "hub/store/shared/activity.hpp"
#include "hub/store/shared/count_tally.hpp"
#include "hub/store/postgres/wire/connection.hpp"
#include "hub/store/postgres/cluster/subscriber.hpp"
#include "hub/store/store.hpp"

#include <map>
#include <vector>

namespace katydid::store::postgres {

/// Each hub adds to rows of its own (`slot`), so that hubs do not wait for each other's commits;
/// readers sum them up.
using Counters = CountTally<TenantId>;
/// Adds the statement that writes them, when there is something to write.
void write_counts(Connection& connection, const Counters& counters, int slot);

/// Thread safety: none; it belongs to the store's thread.
struct CommitEffects {
    struct Accepted {  ///< a new delivery of an append
        const Append* append;
        std::uint32_t recipient;
        DeliveryId id;
        bool told = false;  ///< another hub owns it, and is told by the same transaction
    };
    struct Moved {  ///< a row that appeared at this place of a lane
        Subscriber subscriber;
        Lane lane;
        Claims::Position position;
        bool due_now;
        bool announce;  ///< the hub does not know of it yet
        bool told = false;
    };

    std::vector<Accepted> accepted;
    std::vector<DeliveryId> settled;
    std::vector<Moved> moved;
    std::vector<Subscriber> leases;  ///< that this hub took provisionally
    Counters counters;
    ActivityTally<TenantId> activity;
    bool has_settings = false;  ///< other hubs must read them again

    void clear() { *this = {}; }
};

/// Adds the statement that tells the other hubs of a channel when the transaction commits.
void notify(Connection& connection, const std::string& channel, std::string_view payload);

/// Lanes that got work, for hubs that own them: written down by `add`, sent by `write`.
///
/// A payload is 'W' and for each lane tenant, subscription (26 digits each), lane and due time.
class Notifications {
public:
    explicit Notifications(std::string channel) : channel_{std::move(channel)} {}
    void add(const Subscriber& subscriber, Lane lane, Timestamp due);
    [[nodiscard]] bool empty() const noexcept { return lanes_.empty(); }
    /// Adds the statements; they reach the others when the transaction commits.
    void write(Connection& connection) const;
    void clear() { lanes_.clear(); }

    struct Lanes {
        Subscriber subscriber;
        Lane lane;
        Timestamp due;
    };
    /// Empty when the payload is none of ours.
    static std::vector<Lanes> read(std::string_view payload);

private:
    std::string channel_;
    std::map<std::pair<Subscriber, Lane>, Timestamp> lanes_;
};

}  // namespace katydid::store::postgres
