// Who fetches certificates and key sets: handed in, so that the egress guard stands behind it.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/clock.hpp"
#include "hub/core/error.hpp"

#include <string>

namespace katydid::signing {

/// Gets a small document over https. An implementation obeys the egress guard, follows no
/// redirect, accepts only status 200, reads at most `bytes_max` and ends within `time_max`.
class Fetcher {
public:
    static constexpr std::size_t bytes_max = 64 * 1024;
    static constexpr milliseconds time_max{5'000};

    virtual ~Fetcher() = default;
    /// Awaited in place. Errors: any; the message names the host.
    virtual awaitable<result<std::string>> fetch(std::string url) = 0;
};

}  // namespace katydid::signing
