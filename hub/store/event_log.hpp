// Where events are appended with their deliveries.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/error.hpp"
#include "hub/core/event.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace katydid::store {

/// One subscription that gets the event which is being appended.
struct Recipient {
    SubscriptionId subscription;
    std::string order_key;  ///< empty: no order
};

/// By what an event is known again, beside its external_id.
///
/// A duplicate is the same event once more and is not kept. A possible repeat looks like one but
/// may be another event: it is kept and says of which (Event::repeat_of), or refused.
struct Identity {
    bool id_is_hint = false;  ///< the external_id alone makes a possible repeat, no duplicate
    /// Keyed hashes: an event that has one of them is this event, or this one may repeat it. They
    /// tell nothing about the event to who lacks the key, so they may outlive an erasure.
    std::vector<std::string> same{};
    std::vector<std::string> like{};
    bool refuses_repeats = false;  ///< a possible repeat is not kept
};

/// An event with all its deliveries: one transaction.
struct Append {
    EventPtr event;                     ///< id, payload and received_at are set
    std::vector<Recipient> recipients;  ///< may be empty: the event is kept all the same
    Identity identity{};
};

struct Appended {
    EventId event;             ///< of the first arrival when this one is a duplicate
    bool duplicate = false;    ///< the same event was there
    bool same_payload = true;  ///< false: the duplicate came with other bytes
    std::uint32_t deliveries = 0;
    std::optional<EventId> repeat_of{};  ///< what it may be a repeat of
    bool refused = false;                ///< for that; nothing was kept
};

/// Errors, lifetimes, cancellation and thread safety of this and the other interfaces: store.hpp.
class EventLog {
public:
    virtual ~EventLog() = default;
    virtual awaitable<result<Appended>> append(Append append) = 0;
    /// All of them or, with an error, none: one transaction. Answers are in the same order; a
    /// repeated event is a duplicate of the first.
    virtual awaitable<result<std::vector<Appended>>> append_all(std::vector<Append> appends) = 0;
};

}  // namespace katydid::store
