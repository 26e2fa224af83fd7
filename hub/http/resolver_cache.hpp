// Remembers what DNS said, for a bounded time.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/http/resolver.hpp"

namespace katydid::http {

struct ResolverCacheOptions {
    milliseconds ttl{30'000};  ///< 0: nothing is remembered
    std::size_t names_max = 1'024;
};

/// Asks `inner` once for a name, however many wait for it, and uses the answer for options.ttl.
///
/// The system's resolver does not tell the TTL of a record, so one fixed time stands for all: short
/// enough to follow a change of address, long enough to spare DNS a question per connection.
/// Failures are not remembered; forget() drops a name whose addresses do not answer. Every
/// answer, remembered or not, is judged by the egress guard at every connect.
/// Thread safety: none; one loop.
std::shared_ptr<Resolver> make_resolver_cache(std::shared_ptr<Resolver> inner,
                                              ResolverCacheOptions options,
                                              const Clock& clock = system_clock());

}  // namespace katydid::http
