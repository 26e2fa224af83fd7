// How WebSockets are carried.
#pragma once

#include "hub/core/clock.hpp"

namespace katydid::stream {

struct WebSocketOptions {
    /// Who is silent for so long is taken for gone; half of it until the ping.
    milliseconds idle_timeout{30'000};
    /// Whether permessage-deflate (RFC 7692) is agreed to: with a window of 4 KiB each way, and
    /// nothing kept between messages.
    bool compresses = false;
};

}  // namespace katydid::stream
