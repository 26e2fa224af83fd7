// The two keys a hub makes for itself at its first start.
#pragma once

#include "hub/config/settings.hpp"
#include "hub/store/records.hpp"
#include "hub/registry/api_key.hpp"
#include "signing/keys/vault.hpp"

#include <filesystem>
#include <memory>

namespace katydid {

/// The vault under the master key of the settings, or of `<data_dir>/master.key`, which is made
/// with mode 0600 when it is not there and the store has no sealed secrets. Throws Failure.
std::unique_ptr<signing::Vault> open_vault(const config::Settings& settings);

/// The same, but null where the key would have to be made. Writes nothing. Throws Failure.
std::unique_ptr<signing::Vault> find_vault(const config::Settings& settings);

/// Errors: refused, when the vault cannot open what the store's records hold.
/// \param vault  null: its key would have to be made
result<void> check_vault(const config::Settings& settings, const signing::Vault* vault,
                         const std::vector<store::Record>& records);

struct OperatorKey {
    registry::ApiKey key;
    std::filesystem::path file;  ///< empty when it came from a setting
};

/// The text of the operator's key; nullopt where it has to be made. Throws Failure.
std::optional<Secret> find_operator_key(const config::Settings& settings);

/// The operator's API key: from the settings, or of `<data_dir>/operator.key`, made likewise.
OperatorKey operator_key(const config::Settings& settings, Timestamp now);

}  // namespace katydid
