// katydid listen, put together: webhooks in, local answers back, and what is shown of it.
#pragma once

#include "hub/cli/client/hub_caller.hpp"
#include "hub/cli/client/local_server.hpp"
#include "hub/cli/listen/stream_consumer.hpp"
#include "hub/cli/listen/webhook.hpp"
#include "hub/cli/terminal/terminal.hpp"

#include <cstddef>

namespace katydid::cli {

struct ListenOptions {
    std::vector<Forward> forwards;  ///< none: webhooks are shown only
    StreamConsumer::Options stream;
    LocalServer::Options server;
    std::string secret;     ///< signs what was edited; empty: the old signature stays
    std::size_t count = 0;  ///< ends after so many; 0: never
    bool json = false;
    bool lines = false;  ///< no full screen, even on a terminal
};

/// Until the person ends it, `count` is reached, or something cannot be fixed: throws CommandEnd
/// for that, and for Ctrl-C.
void listen(const HubAddress& address, const ListenOptions& options, const Terminal& terminal);

}  // namespace katydid::cli
