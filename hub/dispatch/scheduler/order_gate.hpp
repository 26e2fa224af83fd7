// One at a time for each key, in order of acceptance.
#pragma once

#include "hub/dispatch/scheduler/actions.hpp"

#include <map>
#include <string>
#include <unordered_map>

namespace katydid::dispatch {

/// Keeps the order of a subscription with `ordering = "key"`. Ids increase with acceptance.
///
/// Of the works of one key only the head may run. The head blocks its key until the store has
/// committed that it is delivered or dead. When it must be tried later, those that wait behind it
/// are parked: written back to the store in the retry lane with the same due time. A work with
/// a parked predecessor is parked too, whichever way it comes.
///
/// A parked delivery that a person cancelled never comes back: a claim that should have brought
/// it and did not, says so, and its key goes on.
///
/// It does not own limits or time. Thread safety: none.
class OrderGate {
public:
    enum class Entry : std::uint8_t {
        run,   ///< it is the head of its key
        wait,  ///< keep it with hold()
        park,  ///< write it back, due at parked_until(key)
    };

    /// Asks what to do with a work that came. Counts it as its key's head (run) or as parked.
    /// \param all_due_came  it came by a claim that left nothing due before `now` in the retry lane
    Entry enter(const Delivery& delivery, bool all_due_came, Timestamp now);
    [[nodiscard]] Timestamp parked_until(const std::string& key) const;
    /// Keeps a work that must wait.
    void hold(Items& from, Items::iterator item);

    /// The head ended for good and that is committed. Splices the next of its key to `next`,
    /// already counted as head.
    void leave(const std::string& key, Items& next);
    /// The head goes back to the store until `due`. Splices those behind it to `parked`, counted.
    void leave_until(const Delivery& head, Timestamp due, Items& parked);
    /// A head that did not start goes back untouched; those behind it are spliced to `behind`.
    void step_back(const Delivery& head, Items& behind);

    /// A delivery that stands in the retry lane of the store, or is on its way there.
    void note_parked(const Delivery& delivery);
    /// …and that is committed.
    void mark_stored(const std::string& key, DeliveryId id);
    /// What stands in the retry lane is to be due then and no later.
    void bring_forward(Timestamp due);
    /// Takes everything that waits, for a subscription that stopped ordering.
    void drain(Items& out);

    [[nodiscard]] std::size_t keys() const noexcept { return keys_.size(); }

private:
    struct Key {
        bool busy = false;                  ///< its head is ready, in flight or being settled
        std::map<DeliveryId, bool> parked;  ///< go first; whether the store has committed that
        Timestamp due{};                    ///< of the parked ones, the latest
        Items waiting;
    };
    using Keys = std::unordered_map<std::string, Key>;

    void park(Key& key, DeliveryId id, Timestamp due, bool stored);
    void drop_if_idle(Keys::iterator key);

    Keys keys_;
};

/// Puts a work where it belongs in a lane: by due time, then in order of acceptance.
void insert_in_order(Items& lane, Items& from, Items::iterator item);

}  // namespace katydid::dispatch
