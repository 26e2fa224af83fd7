// Which subscriptions this hub owns, and which hub should own which.
#pragma once

#include "hub/store/postgres/cluster/subscriber.hpp"
#include "hub/store/store.hpp"

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <memory>
#include <vector>

namespace katydid::store::postgres {

struct HubTag {
    static constexpr const char* prefix = "hub_";
};
/// One life of a process: a hub that was taken for dead comes back under another id.
using HubId = Id<HubTag>;

/// A subscription's row in `leases`, as far as this hub knows it to be its own.
struct Owned {
    std::int64_t token = 0;  ///< grows with each change of owner
    std::shared_ptr<Lease> lease;
    std::optional<SteadyTime> leaves_at{};  ///< it goes to another hub, at the latest then
    std::uint64_t since = 0;                ///< the epoch at which it was taken
    bool is_provisional = false;            ///< its row is not committed yet
};

/// Decides who should own a subscription, and remembers what this hub owns.
///
/// All leases of a hub end together: with its row in `hubs`, which it renews. So a renewal costs
/// one row, however many subscriptions there are. Pure: it is told what the database says.
/// Thread safety: none; it belongs to the store's thread. The leases it hands out may be asked by
/// any thread.
class Ownership {
public:
    HubId self{};

    [[nodiscard]] const Owned* find(const Subscriber& subscriber) const;
    /// Owned, not about to leave, and the lease holds.
    [[nodiscard]] const Owned* find_active(const Subscriber& subscriber, Timestamp now) const;
    /// Whether some hub owns it, this one or another.
    [[nodiscard]] bool is_known(const Subscriber& subscriber) const;
    void note_foreign(const Subscriber& subscriber) { foreign_.insert(subscriber); }

    /// Makes it ours; true when it was not, or had another token.
    bool take(const Subscriber& subscriber, std::int64_t token);
    /// The same for a row that this hub has just inserted; then it was committed, or was not.
    void take_provisionally(const Subscriber& subscriber, std::int64_t token);
    void confirm(const Subscriber& subscriber);
    void forget(const Subscriber& subscriber);
    /// Grows with each `take` and `confirm`: a list of leases that was asked for before tells
    /// nothing of what was taken since.
    [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_; }
    void lose(const Subscriber& subscriber);
    /// Every lease holds until then.
    void renew_until(Timestamp end);
    [[nodiscard]] Timestamp lease_end() const noexcept { return lease_end_; }
    /// Starts giving it away: nothing more is handed out of it.
    void start_leaving(const Subscriber& subscriber, SteadyTime at_the_latest);

    /// False when they are the same as before.
    bool set_hubs(std::vector<HubId> alive);
    [[nodiscard]] const std::vector<HubId>& hubs() const noexcept { return hubs_; }
    /// The hub that should own it. The same on every hub that knows of the same hubs; when one
    /// joins or leaves, only its share moves (rendezvous hashing, Thaler and Ravishankar 1996).
    [[nodiscard]] HubId choose(const Subscriber& subscriber) const;

    [[nodiscard]] std::vector<Subscriber> all() const;
    [[nodiscard]] std::size_t size() const noexcept { return owned_.size(); }

private:
    static constexpr std::size_t foreign_max = 1'000'000;

    boost::unordered_flat_map<Subscriber, Owned, std::hash<Subscriber>> owned_;
    boost::unordered_flat_set<Subscriber, std::hash<Subscriber>> foreign_;
    std::vector<HubId> hubs_;
    Timestamp lease_end_{};
    std::uint64_t epoch_ = 0;
};

}  // namespace katydid::store::postgres
