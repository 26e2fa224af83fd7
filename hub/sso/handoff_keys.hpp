// The keys that sign what the platforms are told of people.
#pragma once

#include "hub/core/async/single_flight.hpp"
#include "hub/core/clock.hpp"
#include "hub/store/records.hpp"
#include "signing/keys/jws.hpp"
#include "signing/keys/vault.hpp"

#include <string>
#include <vector>

namespace katydid::sso {

/// Keys in the store, sealed by the vault: all hubs of a store sign with the same and publish the
/// same. A key signs for 30 days, from ten minutes after it was published, and is published for two
/// days longer.
///
/// Thread safety: none; one loop. What it refers to outlives it.
class HandoffKeys {
public:
    HandoffKeys(const signing::Vault& vault, store::Records& records, const Clock& clock)
        : vault_{vault},
          records_{records},
          clock_{clock}
    {}

    /// Errors: the store's.
    awaitable<result<signing::JwsKey>> signer();
    /// The set, as JSON text (RFC 7517); the same for a minute. Errors: the store's.
    awaitable<result<std::string>> jwks();

private:
    struct KeptKey {
        signing::JwsKey key;
        Timestamp made_at{};
    };
    /// Newest first; at least one. Those who ask together make one, not one each.
    awaitable<result<std::vector<KeptKey>>> keys();
    awaitable<result<std::vector<KeptKey>>> read_or_make();
    awaitable<result<KeptKey>> make();

    const signing::Vault& vault_;
    store::Records& records_;
    const Clock& clock_;
    SingleFlight<int, result<std::vector<KeptKey>>> reads_;
    std::string set_;
    SteadyTime set_until_{};
};

}  // namespace katydid::sso
