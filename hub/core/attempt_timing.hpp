// How long the steps of an attempt took.
#pragma once

#include "hub/core/clock.hpp"

#include <cstdint>
#include <optional>

namespace katydid {

/// The steps of one exchange, as far as it came. A step that was not taken is not there: a
/// connection that was kept open needs no DNS, no connection and no TLS.
struct AttemptTiming {
    using Step = std::optional<std::chrono::microseconds>;

    Step dns{};         ///< the name was resolved
    Step connect{};     ///< a TCP connection to the address that worked, or to the last one
    Step tls{};         ///< the handshake
    Step first_byte{};  ///< from the request written, until the first byte of the answer

    /// As one number for a row of the store: 16 bits a step, right to one part in 2,000. 0: no step
    /// is known.
    [[nodiscard]] std::int64_t pack() const noexcept;
    [[nodiscard]] static AttemptTiming unpack(std::int64_t packed) noexcept;

    friend bool operator==(const AttemptTiming&, const AttemptTiming&) = default;
};

}  // namespace katydid
