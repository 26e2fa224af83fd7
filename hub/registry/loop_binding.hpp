// What the registry knows of an event loop.
#pragma once

#include "hub/registry/tables.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>

namespace katydid::registry {

/// Where changes are told: one per event loop.
struct LoopBinding {
    asio::any_io_executor executor;
    Tables* tables = nullptr;
    /// Called on the executor after the change of the tables, e.g. for the dispatcher. Optional.
    std::function<void(const SubscriptionPtr&)> on_subscription = nullptr;
    std::function<void(SubscriptionId)> on_subscription_removed = nullptr;
    std::function<void(const Tenant&)> on_tenant = nullptr;
};

}  // namespace katydid::registry
