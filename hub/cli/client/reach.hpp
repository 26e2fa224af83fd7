// Where the programs of this machine may go, and whom they trust.
#pragma once

#include "hub/http/client/client.hpp"

#include <string>

namespace katydid::cli {

/// Anywhere: the person who runs the program says where.
[[nodiscard]] http::EgressPolicy anywhere();
/// The loopback networks only.
[[nodiscard]] http::EgressPolicy this_machine();
/// Whether a URL names this machine: localhost or a loopback address.
[[nodiscard]] bool names_this_machine(const std::string& url);

/// What http::Client needs to reach what a person named.
/// \param ca_file  PEM; empty: the system's store
/// \param trusts_anyone  certificates are not checked; for this_machine() only
[[nodiscard]] http::ClientOptions client_options(const std::string& ca_file,
                                                 bool trusts_anyone = false);

}  // namespace katydid::cli
