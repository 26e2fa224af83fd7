// A hub between two receivers that stand for the platforms.
#pragma once

#include "tests/e2e/hub_process.hpp"
#include "tests/e2e/receiver.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/e2e/webhooks.hpp"

#include <csignal>
#include <string>

namespace katydid::test {

/// Retries come fast, and deliveries may go to this machine.
inline Variables quick_settings()
{
    return {{"KATYDID_EGRESS_ALLOW", "127.0.0.0/8"},
            {"KATYDID_RETRY_DELAYS", "50ms,100ms,200ms,400ms,800ms,1s,1s,1s,1s,1s,1s,1s,1s,1s"},
            {"ATLVS_WEBHOOK_SECRET", std::string{atlvs_secret}},
            {"GRASSHOPPER_WEBHOOK_SECRET", std::string{grasshopper_secret}}};
}

/// The settings of a hub that delivers to both.
inline Variables settings_between(const Receiver& grasshopper, const Receiver& atlvs)
{
    auto variables = quick_settings();
    variables["ATLVS_PARTNER_SECRET"] = partner_secret;
    variables["GRASSHOPPER_WEBHOOK_URL"] = grasshopper.url("/api/webhooks/atlvs");
    variables["ATLVS_WEBHOOK_URL"] = atlvs.url("/webhooks/partner");
    return variables;
}

/// Both platforms and a running hub between them.
struct E2eFixture {
    TemporaryFolder folder;
    Receiver grasshopper;
    Receiver atlvs;
    HubProcess hub{folder.path(), settings_between(grasshopper, atlvs)};

    E2eFixture() { hub.start(); }
    Reply post(const WireRequest& request) const { return exchange(hub.port(), request); }
};

}  // namespace katydid::test
