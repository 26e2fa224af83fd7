// What systemd, or another service manager, hands over, and what it wants to know.
#pragma once

#include "hub/config/load.hpp"

#include <string_view>

namespace katydid {

/// Listening sockets that were open before this process began; -1: none. Connections wait in
/// them while one process ends and the next one starts, so that a restart refuses none.
struct InheritedSockets {
    int listen = -1;
    int operator_listen = -1;
};

/// Reads LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES (sd_listen_fds(3)). Names "listen" and
/// "operator_listen" say which is which; without names the first is the public one.
[[nodiscard]] InheritedSockets choose_sockets(const config::Environment& environment, int pid);

/// The same for this process. Children do not get the sockets.
[[nodiscard]] InheritedSockets inherited_sockets();

/// "READY=1" or "STOPPING=1" to the process that set NOTIFY_SOCKET (sd_notify(3)); else nothing.
void notify_systemd(std::string_view state) noexcept;

}  // namespace katydid
