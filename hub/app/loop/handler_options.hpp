// What a program asks for with hub.on(), as a subscription.
#pragma once

#include <katydid/hub.hpp>

namespace katydid {

/// The subscription of an in-process handler: durable under its name, read-only in the API.
[[nodiscard]] Subscription to_subscription(const HandlerOptions& options);

/// Throws Failure with the pointer to the fault when the filter cannot be compiled, or when the
/// name is one of the hub's own.
void check_options(const HandlerOptions& options);

}  // namespace katydid
