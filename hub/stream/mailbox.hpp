// What is on its way to one consumer.
#pragma once

#include "handlers/stream/consumer.hpp"
#include "hub/core/async/event.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <list>
#include <memory>
#include <string>
#include <variant>

namespace katydid::stream {

struct Revoked {
    DeliveryId delivery;
    std::string reason;
};
/// A text that is sent as it is.
struct Notice {
    std::string text;
};
/// The subscription has another owner: the last message of a port.
struct Moved {};
/// The last message: the connection is closed with it.
struct Closing {
    std::uint16_t code = 0;  ///< of RFC 6455, section 7.4
    std::string reason;
};
using Message = std::variant<handlers::stream::HandoverPtr, Revoked, Notice, Moved, Closing>;

/// Why a session closes, besides those of RFC 6455.
constexpr std::uint16_t going_away = 1001;
constexpr std::uint16_t unsupported_data = 1003;
constexpr std::uint16_t policy_violation = 1008;
constexpr std::uint16_t try_again_later = 1013;  ///< registered by IANA
constexpr std::uint16_t key_not_good = 4401;
constexpr std::uint16_t subscription_gone = 4403;
constexpr std::uint16_t too_slow = 4408;

/// Carries messages from the loop that owns a subscription to the loop of the connection.
///
/// Bounded by what the consumer holds: it has room for each delivery of its credit and for what is
/// said of it. A delivery that is revoked before it was said is not said at all.
/// Thread safety: ports on any loop; the rest on the connection's.
class Mailbox final : public std::enable_shared_from_this<Mailbox> {
public:
    explicit Mailbox(asio::any_io_executor executor) : executor_{std::move(executor)} {}

    /// What a membership posts through. What earlier ones have sent or send is dropped.
    [[nodiscard]] std::shared_ptr<handlers::stream::Consumer> open_port();

    /// From the connection's own loop.
    void put(Message message);
    /// Nothing is taken or waited for any more.
    void stop();

    [[nodiscard]] bool is_stopped() const noexcept { return stopped_; }
    /// Its last message was put.
    [[nodiscard]] bool is_closing() const noexcept { return closing_; }
    [[nodiscard]] bool empty() const noexcept { return messages_.empty(); }
    [[nodiscard]] Message take();
    /// Waits until there is something, it is stopped or woken, or the time is over. Cancellation:
    /// as AsyncEvent::wait.
    awaitable<void> wait(SteadyTime until = SteadyTime::max());
    void wake() { arrived_.set(); }

private:
    class Port;

    bool drop_unsaid(DeliveryId delivery);

    asio::any_io_executor executor_;
    std::list<Message> messages_;  ///< costs an idle session nothing
    AsyncEvent arrived_;
    std::uint64_t port_ = 0;  ///< the number of the one that is open
    bool closing_ = false;
    bool stopped_ = false;
};

using MailboxPtr = std::shared_ptr<Mailbox>;

}  // namespace katydid::stream
