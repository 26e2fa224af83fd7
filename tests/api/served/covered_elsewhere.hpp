// What the API's document describes and the story of openapi_coverage_test.cpp does not make.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace katydid::test {

/// Served too, but only where a test of its own makes it so.
inline const std::set<std::string, std::less<>> elsewhere{
    "Rejected/unreadable",  // tests/registry/served/rotation_test.cpp: another master key
    "ReplayJob/error",      // tests/jobs: a step that the store refused
    "PUT /v1/event-types/{name} 409",  // two at the same moment: conditional_test.cpp
    // tests/stream: bytes that are no UTF-8, and connections that go on
    "StreamedDelivery/payload_base64",
    "GET /v1/subscriptions/{id}/consume 101",
    "GET /v1/subscriptions/{id}/consume 200",
    "GET /api/realtime 101",
    "GET /v1/feed 101",
    "GET /v1/feed 200",
};

/// The same, all fields: tests/bridge/embeds_test.cpp, tests/certs, tests/http/client.
[[nodiscard]] inline bool is_elsewhere(std::string_view what)
{
    return elsewhere.contains(what) || what.starts_with("BridgeOperation/")
           || what.starts_with("HubCertificate/") || what.starts_with("OfferedIdentity/oauth/")
           || what.starts_with("Attempt/timing/");
}

}  // namespace katydid::test
