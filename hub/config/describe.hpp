// The settings in force, and where each comes from.
#pragma once

#include "hub/config/settings.hpp"

#include <boost/json/array.hpp>

namespace katydid::config {

/// A row for each setting, as the schema `HubSetting` has it: those of the file first, in the order
/// of `katydid init`, then secrets and platforms that came by variable. No secret is in it.
[[nodiscard]] boost::json::array describe_settings(const Settings& settings);

/// The identities that a tenant may name, as the schema `OfferedIdentity` has them.
/// \param tenant    nullopt: all
/// \param in_whole  files and token servers too, for operators
[[nodiscard]] boost::json::array describe_identities(const Settings& settings,
                                                     std::optional<TenantId> tenant, bool in_whole);

/// A URL without the password that it may hold. Pure.
[[nodiscard]] std::string without_password(std::string_view url);

}  // namespace katydid::config
