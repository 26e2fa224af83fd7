// What is open of each alert, in the store.
#pragma once

#include "hub/alerts/incidents.hpp"
#include "hub/core/async/asio.hpp"
#include "hub/store/records.hpp"

#include <set>
#include <string>
#include <vector>

namespace katydid {

/// Incidents as records, so that one which goes on over a restart, or is another hub's from now on,
/// is told once and told to be over.
///
/// Alerts are numbered from 0, as in the settings. Errors: those of the store.
/// Lifetime: what it is handed outlives it. Thread safety: that of the store.
class IncidentStore {
public:
    struct Open {
        std::size_t alert = 0;
        alerts::Incident incident;
    };

    explicit IncidentStore(store::Records& records) : records_{records} {}

    /// nullopt: nothing is open.
    awaitable<result<std::optional<alerts::Incident>>> find(std::size_t alert,
                                                            std::string subscription);
    awaitable<result<void>> put(std::size_t alert, alerts::Incident incident);
    /// May be called twice.
    awaitable<result<void>> erase(std::size_t alert, std::string subscription);
    awaitable<result<std::vector<Open>>> all();
    /// The subscriptions whose breaker opened and has not recovered.
    awaitable<result<std::set<std::string>>> held_back();

private:
    store::Records& records_;
};

}  // namespace katydid
