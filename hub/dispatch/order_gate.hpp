// One at a time for each key, in order of acceptance.
#pragma once

#include "hub/dispatch/actions.hpp"

#include <string>
#include <unordered_map>

namespace katydid::dispatch {

/// Keeps the order of a subscription with `ordering = "key"`.
///
/// Of the works of one key only the head may run. The head blocks its key until the store has
/// committed that it is delivered or dead. When it must be tried later, those that wait behind it
/// are parked: written back to the store in the retry lane with the same due time, where they
/// stand behind it in order. A fresh work whose key has parked predecessors is parked too. Stale
/// counts (a parked delivery that a person cancelled) cost a detour through the store, no more.
///
/// It does not own limits or time. Thread safety: none.
class OrderGate {
public:
    enum class Entry : std::uint8_t {
        run,   ///< it is the head of its key
        wait,  ///< keep it with hold()
        park,  ///< write it back, due at parked_until(key)
    };

    /// Asks what to do with a work that came from this lane. Counts it as the key's head (run) or
    /// as parked (park).
    Entry enter(const std::string& key, Lane lane);
    [[nodiscard]] Timestamp parked_until(const std::string& key) const;
    /// Keeps a work that must wait, in order of acceptance (ids increase with it).
    void hold(Items& from, Items::iterator item);

    /// The head ended for good and that is committed. Splices the next of its key to `next`,
    /// already counted as head.
    void leave(const std::string& key, Items& next);
    /// The head goes back to the store until `due`. Splices those behind it to `parked`, counted.
    void leave_until(const std::string& key, Timestamp due, Items& parked);
    /// The head goes back to the store untouched; those behind it are spliced to `behind`.
    void step_back(const std::string& key, Lane lane, Timestamp due, Items& behind);

    /// A delivery found in the store at start that was tried before and waits for its time.
    void note_parked(const std::string& key, Timestamp due);
    /// Nothing is parked any more in the store.
    void forget_parked();
    /// Takes everything that waits, for a subscription that stopped ordering.
    void drain(Items& out);

    [[nodiscard]] std::size_t keys() const noexcept { return keys_.size(); }

private:
    struct Key {
        bool busy = false;        ///< its head is ready, in flight or being settled
        std::uint32_t parked = 0; ///< deliveries in the store that go first
        Timestamp due{};          ///< of the parked ones
        Items waiting;
    };

    void drop_if_idle(std::unordered_map<std::string, Key>::iterator key);

    std::unordered_map<std::string, Key> keys_;
};

/// Where a work belongs in a lane: by due time, then in order of acceptance.
void insert_in_order(Items& lane, Items& from, Items::iterator item);

}  // namespace katydid::dispatch
