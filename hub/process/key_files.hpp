// The two keys a hub makes for itself at its first start.
#pragma once

#include "hub/config/settings.hpp"
#include "hub/registry/api_key.hpp"
#include "signing/keys/vault.hpp"

#include <filesystem>
#include <memory>

namespace katydid {

/// The vault under the master key of the settings, or of `<data_dir>/master.key`, which is made
/// with mode 0600 when it is not there. Throws Failure.
std::unique_ptr<signing::Vault> open_vault(const config::Settings& settings);

struct OperatorKey {
    registry::ApiKey key;
    std::filesystem::path file;  ///< empty when it came from a setting
};

/// The operator's API key: from the settings, or of `<data_dir>/operator.key`, made likewise.
OperatorKey operator_key(const config::Settings& settings, Timestamp now);

}  // namespace katydid
