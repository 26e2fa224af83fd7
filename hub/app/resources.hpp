// What all loops and services of a hub share.
#pragma once

#include "certs/tls.hpp"
#include "handlers/privacy_table.hpp"
#include "hub/config/settings.hpp"
#include "hub/http/egress.hpp"
#include "hub/http/identities.hpp"
#include "hub/intake/event_bell.hpp"
#include "hub/observe/metrics.hpp"
#include "hub/observe/tracer.hpp"
#include "hub/registry/registry.hpp"
#include "hub/store/store.hpp"
#include "signing/vault.hpp"

#include <memory>

namespace katydid {

/// Everything that needs no event loop, in the order it is built. It outlives loops and services.
///
/// Thread safety: each member's own.
struct Resources {
    /// Opens the store. Throws Failure.
    /// \param tracer  null: nothing is traced
    Resources(const config::Settings& settings, observe::Metrics& metrics, observe::Tracer* tracer);

    const config::Settings& settings;
    const Clock& clock;
    observe::Metrics& metrics;
    observe::Tracer* const tracer;
    const std::unique_ptr<signing::Vault> vault;
    const std::unique_ptr<store::Store> store;
    registry::Registry registry;
    const http::EgressPolicy egress;
    const std::shared_ptr<certs::ServerTls> server_tls;  ///< null: webhooks come in plain HTTP
    const std::shared_ptr<certs::ClientTls> client_tls;
    const http::Identities identities;
    const handlers::PrivacyTables privacy;
    intake::EventBell bell;
};

}  // namespace katydid
