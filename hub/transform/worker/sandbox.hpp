// What a worker gives up before it runs code of tenants.
#pragma once

#include <string>
#include <string_view>

namespace katydid::transform::worker {

/// Before the engines start: no environment, no core files, no files to write, UTC.
void leave_surroundings();

/// For good: another user where it is root, no new privileges, an end to its memory and CPU time,
/// and of all system calls only those that computing takes. One that is not on the list ends the
/// process (SIGSYS), as do memory that is executable, and reading from or writing to anything but
/// the socket, whose number is 0. Throws std::system_error.
void close_sandbox();

}  // namespace katydid::transform::worker
