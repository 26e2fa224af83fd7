// A subscription with a value in every field that a person may set.
#pragma once

#include "hub/core/subscription/subscription.hpp"

namespace katydid::test {

inline Subscription full_subscription()
{
    Subscription made;
    made.name = "one";
    made.sources = {"atlvs", "stripe"};
    made.event_types = {"resource.*"};
    made.filter = R"({"payload":{"a":1}})";
    made.handler.url = "https://example.com/hook?x=\"y\"";
    made.handler.headers = {{"X-Team", "blue"}, {"X-Team", "ünïcode"}};
    made.handler.identity = "partner";
    made.dialect = Dialect::cloudevents;
    made.limits = {4, 2.5, 7, Ordering::key, "/id", true, 1'000'000};
    made.retry.delays = {milliseconds{5'000}, milliseconds{300'000}};
    made.retry.age_max = std::chrono::hours{72};
    made.retry.statuses = {{400, 404, RetryClass::dead}, {409, 409, RetryClass::few}};
    made.signature = "stripe";
    made.timeout = milliseconds{9'000};
    made.connect_timeout = milliseconds{700};
    made.first_byte_timeout = milliseconds{3'000};
    made.status = SubscriptionStatus::paused;
    made.status_reason = "by hand";
    return made;
}

}  // namespace katydid::test
