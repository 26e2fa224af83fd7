// A consumer that is connected, as the handler sees it.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/event.hpp"

#include <memory>
#include <string>

namespace katydid::handlers::stream {

/// A delivery in the hands of a consumer.
struct Handover {
    DeliveryId delivery;
    std::uint32_t attempt = 1;
    Timestamp deadline{};  ///< unanswered by then, the attempt has failed
    EventPtr event;
    Headers headers;  ///< the dialect's, with Content-Type and the signature
    Payload body;
    /// The message to the consumer, where another hub made it; then the rest but the id is empty.
    std::string written{};
};

using HandoverPtr = std::shared_ptr<const Handover>;

/// Where deliveries go. Called on the loop that owns the subscription; implementations post to the
/// loop of their connection and return.
class Consumer {
public:
    virtual ~Consumer() = default;
    virtual void deliver(HandoverPtr handover) = 0;
    /// It is not in this consumer's hands any more.
    virtual void revoke(DeliveryId delivery, std::string reason) = 0;
    /// Another hub owns the subscription now, and nothing is in hands here. The last call.
    virtual void moved() = 0;
    /// Nothing more will come, for ever: the subscription is gone. The last call.
    virtual void end(std::string reason) = 0;
};

}  // namespace katydid::handlers::stream
