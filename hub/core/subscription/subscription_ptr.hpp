// For headers that only hand subscriptions on: a change of their fields compiles nothing there.
#pragma once

#include <cstdint>
#include <memory>

namespace katydid {

struct Subscription;
using SubscriptionPtr = std::shared_ptr<const Subscription>;

struct FixedSubscription;
using FixedSubscriptionPtr = std::shared_ptr<const FixedSubscription>;

enum class Dialect : std::uint8_t;

}  // namespace katydid
