// A WebSocket to the hub.
#pragma once

#include "hub/cli/client/hub_caller.hpp"

#include <memory>
#include <optional>

namespace katydid::cli {

/// One connection, opened once. What it says goes out in order; it notices a hub that is gone, or a
/// machine that slept, by pings.
///
/// Thread safety: none; the executor's thread. Lifetime: open() and read() are awaited in place.
class HubSocket {
public:
    HubSocket(asio::any_io_executor executor, HubAddress address);
    ~HubSocket();
    HubSocket(const HubSocket&) = delete;
    HubSocket& operator=(const HubSocket&) = delete;

    /// What came of opening: an answer other than 101, or that there was none; neither: it is open.
    struct Opened {
        std::optional<HubAnswer> refusal{};
        std::optional<Error> error{};
        [[nodiscard]] bool is_good() const noexcept { return !refusal && !error; }
    };
    awaitable<Opened> open(std::string path, std::string protocol);

    /// The next text; nullopt: the connection has ended.
    awaitable<std::optional<std::string>> read();
    /// Sends after what was said before. Nothing happens once the connection has ended.
    void say(std::string text);
    /// Says goodbye, so that the hub takes back at once what was not answered. read() ends.
    void close();
    /// Ends it without a word.
    void cut();

    /// Of the closing frame; 0: there was none.
    [[nodiscard]] std::uint16_t close_code() const noexcept;
    [[nodiscard]] std::string close_reason() const;

    struct State;

private:
    std::shared_ptr<State> state_;
};

}  // namespace katydid::cli
