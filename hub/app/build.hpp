// What settings ask for, as the parts a hub is made of. All throw Failure with the remedy.
#pragma once

#include "certs/tls.hpp"
#include "hub/api/api.hpp"
#include "hub/bridge/bridge.hpp"
#include "hub/config/settings.hpp"
#include "hub/peers/listening.hpp"
#include "hub/http/client/client.hpp"
#include "hub/http/client/identities.hpp"
#include "hub/http/egress/egress.hpp"
#include "hub/observe/metrics.hpp"
#include "hub/registry/schemes.hpp"
#include "hub/store/store.hpp"

#include <memory>
#include <vector>

namespace katydid {

/// Refuses what cannot be served: secrets that can be guessed, limits that leave a loop without a
/// part. Makes the data folder. Returns the settings.
const config::Settings& prepare(const config::Settings& settings);
[[nodiscard]] http::EgressPolicy make_egress(const config::Settings& settings);
[[nodiscard]] http::ClientOptions client_options(const config::Settings& settings,
                                                 std::shared_ptr<certs::ClientTls> tls);
[[nodiscard]] api::LimitValues limits_of(const config::Settings& settings);
/// How many connections one loop serves.
[[nodiscard]] std::size_t connections_of_loop(const config::Settings& settings);
/// A line in the log for each URL of the settings that nothing can ever be sent to.
void warn_of_refused_urls(const config::Settings& settings, const http::EgressPolicy& policy);
[[nodiscard]] std::unique_ptr<store::Store>
open_store(const config::Settings& settings, observe::Metrics& metrics, std::string address);
/// Null where no other hub can use the store. Throws Failure.
[[nodiscard]] std::unique_ptr<peers::Listening> listen_for_hubs(const config::Settings& settings);
[[nodiscard]] std::shared_ptr<certs::ServerTls>
make_server_tls(const config::TlsSettings& settings);
[[nodiscard]] std::shared_ptr<certs::ClientTls> make_client_tls(const config::Settings& settings);
/// \param own  what the hub itself trusts and shows, for identities that only have a token
[[nodiscard]] http::Identities make_identities(const config::Settings& settings,
                                               std::shared_ptr<certs::ClientTls> own);
[[nodiscard]] std::vector<registry::OwnScheme> own_schemes(const config::Settings& settings);

/// Whether a platform is set up that the bridge calls.
[[nodiscard]] bool has_bridge(const config::Settings& settings);
[[nodiscard]] bridge::Options bridge_options(const config::Settings& settings);
/// The subscription that brings the bridge's writes to ATLVS; nullopt where ATLVS is not set up.
[[nodiscard]] std::optional<Subscription> bridge_subscription(const config::Settings& settings);

}  // namespace katydid
