// Tokens that any hub of a store can make and read, and nobody else.
#pragma once

#include "hub/core/id.hpp"
#include "signing/keys/vault.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace katydid::api {

/// Keeps what is sealed for one purpose apart from everything else that the vault seals.
[[nodiscard]] KeyId seal_row(std::string_view purpose);

/// What a token says, sealed for its purpose, in base64url.
[[nodiscard]] std::string seal_token(const signing::Vault& vault, std::string_view purpose,
                                     std::string said);

/// What it says; nullopt: it was not made by seal_token() for this purpose.
[[nodiscard]] std::optional<Secret> open_token(const signing::Vault& vault,
                                               std::string_view purpose, std::string_view token);

}  // namespace katydid::api
