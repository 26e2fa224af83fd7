// The consumer of one stream subscription, for as long as it is wanted.
#pragma once

#include "hub/cli/client/hub_caller.hpp"
#include "hub/cli/client/hub_socket.hpp"
#include "hub/core/async/event.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <functional>
#include <map>
#include <random>
#include <set>

namespace katydid::cli {

/// Makes the subscription, or takes it up again, connects, and connects again for ever: after a
/// restart of the hub, a sleep of this machine, a connection that is cut. What the hub cannot fix
/// ends run().
///
/// Thread safety: none; the executor's thread. Lifetime: outlives run().
class StreamConsumer {
public:
    struct Options {
        std::vector<std::string> sources;
        std::vector<std::string> types;
        std::string subscription;  ///< one that exists; empty: `name` is made
        std::string name;
        std::string dialect = "raw";
        std::uint32_t credit = 8;  ///< deliveries at the same time
    };
    struct Callbacks {
        std::function<void(const boost::json::value& frame)> on_delivery;
        std::function<void()> on_connected;
        std::function<void(std::string sentence)> on_trouble;  ///< it is tried again
        /// A new key, instead of one that is not accepted; empty: there is none.
        std::function<std::string(std::string sentence)> ask_key;
    };

    StreamConsumer(asio::any_io_executor executor, HubAddress address, Options options,
                   Callbacks callbacks);

    /// Until stop(). Throws CommandEnd for what trying again does not help.
    awaitable<void> run();
    /// Keeps the subscription's place while it is connected. Until stop().
    awaitable<void> renew();
    /// Gives back what was not answered, and ends run().
    void stop();

    /// An ack or nack, without its `delivery`. One that the connection ended before is said when
    /// the delivery comes again: it is not handed on twice.
    void answer(const std::string& delivery, bool is_good, boost::json::object members);
    /// Takes nothing more until it is resumed.
    void pause(bool is_paused);

    [[nodiscard]] HubCaller& caller() noexcept { return caller_; }

private:
    /// One connection, from the subscription to its end. Returns why it ended.
    awaitable<std::string> attend();
    awaitable<std::string> take_up();
    awaitable<HubAnswer> ask(const char* method, std::string path, boost::json::object body);
    [[nodiscard]] boost::json::object wishes() const;
    void hear(const std::string& text);
    [[nodiscard]] std::string ended(const HubSocket& socket);
    [[nodiscard]] std::string not_admitted(const HubAnswer& answer);
    void say_credit();

    asio::any_io_executor executor_;
    Options options_;
    Callbacks callbacks_;
    HubCaller caller_;
    std::unique_ptr<HubSocket> socket_;        ///< while it is open
    std::map<std::string, std::string> held_;  ///< delivery → the answer that could not be said
    std::set<std::string> in_hand_;            ///< deliveries that came over the open connection
    bool is_paused_ = false;
    AsyncEvent stop_;
    std::mt19937 random_{std::random_device{}()};
};

}  // namespace katydid::cli
