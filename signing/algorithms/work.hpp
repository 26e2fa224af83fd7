// How much work requests cause: counted, so that strangers can be held to a limit. Internal to
// signing/.
#pragma once

#include <cstddef>
#include <cstdint>

namespace katydid::signing {

/// What this thread has hashed, parsed and verified, in bytes that are hashed in the same time.
/// Counted rather than measured, so that limits and tests do not depend on the machine.
inline thread_local std::uint64_t work_done = 0;

inline void count_work(std::size_t bytes) noexcept { work_done += bytes; }

/// One operation with a public key, or reading such a key.
constexpr std::size_t public_key_work = 64 * 1024;
/// Building a JSON document takes some times as long as hashing its text.
constexpr std::size_t json_work_factor = 4;

/// The work that may be done from now on.
class WorkLimit {
public:
    explicit WorkLimit(std::uint64_t bytes_max) noexcept : end_{work_done + bytes_max} {}

    [[nodiscard]] bool is_reached() const noexcept { return work_done >= end_; }

private:
    std::uint64_t end_;
};

}  // namespace katydid::signing
