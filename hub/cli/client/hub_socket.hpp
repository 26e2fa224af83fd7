// A WebSocket to the hub that a command talks to.
#pragma once

#include "hub/cli/client/hub_caller.hpp"
#include "hub/stream/websocket/client_socket.hpp"

namespace katydid::cli {

/// Thread safety and lifetime: as the socket's.
class HubSocket : public stream::ClientSocket {
public:
    HubSocket(asio::any_io_executor executor, HubAddress address);

    /// What came of opening: an answer other than 101, or that there was none; neither: it is open.
    struct Opened {
        std::optional<HubAnswer> refusal{};
        std::optional<Error> error{};
    };
    awaitable<Opened> open(std::string path, std::string protocol);

private:
    HubAddress address_;
};

}  // namespace katydid::cli
