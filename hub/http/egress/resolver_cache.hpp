// Remembers what DNS said, for a bounded time.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/http/egress/resolver.hpp"

namespace katydid::http {

struct ResolverCacheOptions {
    milliseconds ttl_max{30'000};  ///< also where DNS says none; 0: nothing is remembered
    std::size_t names_max = 1'024;
};

/// Uses an answer of `inner` as long as DNS says that it holds, within the bounds of the options.
///
/// Failures are not remembered; forget() drops a name whose addresses do not answer. Every
/// answer, remembered or not, is judged by the egress guard at every connect.
/// Thread safety: none; one loop.
std::shared_ptr<Resolver> make_resolver_cache(std::shared_ptr<Resolver> inner,
                                              ResolverCacheOptions options,
                                              const Clock& clock = system_clock());

}  // namespace katydid::http
