// What happens to a subscription, for the tests of alerts.
#pragma once

#include "hub/alerts/incidents.hpp"

namespace katydid::alerts::test {

inline const std::string degraded = "katydid.subscription.degraded";
inline const std::string recovered = "katydid.subscription.recovered";
inline const std::string disabled = "katydid.subscription.disabled";
inline const std::string dead = "katydid.delivery.dead";

inline Happening happening(const std::string& type, Timestamp at = {},
                           std::string subscription = "sub_1")
{
    return {type, std::move(subscription), "billing", "the receiver answered 500", at};
}

}  // namespace katydid::alerts::test
