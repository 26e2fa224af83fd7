// Which consumer of a subscription gets the next delivery.
#pragma once

#include "hub/core/id.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace katydid::handlers::stream {

/// How much one consumer takes.
struct Terms {
    std::uint32_t credit = 1;  ///< deliveries in its hands at the same time; 0: none for now
    /// Takes nothing more while it holds so many bytes of payload.
    std::size_t bytes_max = std::size_t{8} * 1024 * 1024;
};

/// The consumers of one subscription and what each holds.
///
/// Those that can take something take turns, one delivery each, so that all get the same share
/// however much credit they have. Pure: it knows no connection and no time.
/// Thread safety: none; one loop.
class Consumers {
public:
    void add(ConsumerId id, Terms terms);
    /// It takes nothing more, but may still answer what it holds: it is forgotten after that.
    void retire(ConsumerId id);
    /// Returns what it held: in no consumer's hands any more.
    std::vector<DeliveryId> remove(ConsumerId id);
    void set_credit(ConsumerId id, std::uint32_t credit);

    /// Puts a delivery into the hands of the one whose turn it is; nullopt: none can take it.
    std::optional<ConsumerId> assign(DeliveryId delivery, std::size_t bytes);
    /// Takes it out of its holder's hands. False: none holds it.
    bool release(DeliveryId delivery);
    [[nodiscard]] std::optional<ConsumerId> holder_of(DeliveryId delivery) const;

    [[nodiscard]] bool contains(ConsumerId id) const { return places_.contains(id); }
    /// Consumers that are not retired.
    [[nodiscard]] std::size_t size() const noexcept { return places_.size() - retired_; }
    /// Deliveries that may be in hands at the same time now: those that are, and those that could
    /// be taken besides.
    [[nodiscard]] std::uint32_t capacity() const noexcept
    {
        return static_cast<std::uint32_t>(held_.size()) + free_;
    }

private:
    struct Place {
        ConsumerId id;
        Terms terms;
        std::unordered_set<DeliveryId> holds{};
        std::size_t bytes = 0;
        bool is_retired = false;
        bool has_turn = false;  ///< `turn` is valid
        std::list<Place*>::iterator turn{};

        [[nodiscard]] std::uint32_t free() const noexcept;
    };
    struct Held {
        Place* place = nullptr;
        std::size_t bytes = 0;
    };

    /// Changes a place, and with it the sum of what is free and who takes turns.
    template <class Change>
    void change(Place& place, Change change);

    std::unordered_map<ConsumerId, Place> places_;
    std::unordered_map<DeliveryId, Held> held_;
    std::list<Place*> turns_;  ///< of those that can take something
    std::uint32_t free_ = 0;
    std::size_t retired_ = 0;
};

}  // namespace katydid::handlers::stream
