// What `serve` needs before it starts. `serve`, `check` and `doctor` look at the same list, and so
// say the same sentences.
#pragma once

#include "hub/checks/finding.hpp"
#include "hub/config/settings.hpp"
#include "hub/process/systemd.hpp"

namespace katydid::cli {

/// A hub that is to start.
struct Start {
    const config::Settings& settings;
    bool is_running = false;     ///< it runs already: the store and the ports it holds are its own
    InheritedSockets sockets{};  ///< what systemd holds for it
};

/// Every fault that would keep the hub from starting, and nothing else. It makes no key, no store
/// and no folder, and takes no lock of a store.
[[nodiscard]] checks::Findings check_start(const Start& start);

// The checks of that list, each by itself.
/// Whether the folders of the data and of the store can be written to: rights, and a full disk.
[[nodiscard]] checks::Findings check_data_dir(const Start& start);
/// Whether the store can be opened, and the master key opens what is in it.
[[nodiscard]] checks::Findings check_store(const Start& start);
/// Shards that do not answer: warnings, since a hub starts without them.
[[nodiscard]] checks::Findings check_shards(const Start& start);
[[nodiscard]] checks::Findings check_operator_key(const Start& start);
/// Certificates, keys and authorities of the listener, of deliveries and of identities.
[[nodiscard]] checks::Findings check_tls_files(const Start& start);
/// Whether the transforms of the settings compile.
[[nodiscard]] checks::Findings check_transforms(const Start& start);
[[nodiscard]] checks::Findings check_ports(const Start& start);

}  // namespace katydid::cli
