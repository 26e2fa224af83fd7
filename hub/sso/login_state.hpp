// What the browser keeps between /sso/login and /sso/callback.
#pragma once

#include "hub/core/clock.hpp"
#include "signing/keys/vault.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace katydid::sso {

/// One sign-in that is under way. It is a cookie, sealed by the vault: so only the browser that
/// began can end it, every hub of a store can take it up, and none keeps a table.
struct LoginState {
    std::string state;      ///< of this sign-in; comes back in the query
    std::string nonce;      ///< comes back in the ID token
    std::string verifier;   ///< of PKCE (RFC 7636); its hash goes out
    std::string return_to;  ///< a path of this hub
    Timestamp ends_at{};

    static constexpr milliseconds lifetime = std::chrono::minutes{10};

    /// New, of the system's randomness.
    static LoginState begin(std::string return_to, Timestamp now);

    [[nodiscard]] std::string seal(const signing::Vault& vault) const;
    /// nullopt: it is none of this hub, or its time is over.
    static std::optional<LoginState> open(const signing::Vault& vault, std::string_view text,
                                          Timestamp now);
    /// S256
    [[nodiscard]] std::string challenge() const;
};

/// Whether a text is a path to put after an origin and nothing else: it begins with one slash, and
/// has neither a backslash nor anything but visible ASCII. `//evil`, `/\evil`, `https:` are none.
[[nodiscard]] bool is_local_path(std::string_view text) noexcept;

}  // namespace katydid::sso
