// Secrets at rest: AES-256-GCM under a master key kept outside the database.
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/id.hpp"
#include "signing/keys/key_ring.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::signing {

/// Seals and opens secrets. The associated data is the tenant and the row, so that a sealed
/// secret cannot be moved to another row.
///
/// When the master key changes, the previous one is added for opening; rows that need_reseal() are
/// opened and sealed again, and then the previous key can go.
///
/// Thread safety: immutable after construction and add_previous_key.
class Vault {
public:
    /// 32 bytes. Throws Failure when it is all zero.
    explicit Vault(const std::array<unsigned char, 32>& master_key);
    ~Vault();
    Vault(const Vault&) = delete;
    Vault& operator=(const Vault&) = delete;

    /// A key that opens, but no longer seals. Before the vault is shared. Throws Failure.
    void add_previous_key(const std::array<unsigned char, 32>& master_key);

    /// Whether there is anything to seal anew.
    [[nodiscard]] bool has_previous_keys() const noexcept;

    /// 32 bytes for another purpose from each master key (HMAC-SHA-256), that which seals first.
    [[nodiscard]] std::vector<std::string> derive_keys(std::string_view purpose) const;

    /// version byte, 8 bytes of master key id, 12 bytes nonce, ciphertext, 16 bytes tag.
    [[nodiscard]] std::string seal(TenantId tenant, KeyId row, const Secret& secret) const;
    /// Errors: corrupt (wrong master key, moved or changed row), naming the row.
    [[nodiscard]] result<Secret> open(TenantId tenant, KeyId row, std::string_view sealed) const;

    /// What only who has the master key can say of a text: HMAC-SHA256, in hexadecimal.
    [[nodiscard]] std::string prove(std::string_view text) const;

    /// Whether it was sealed under another key than the one that seals now.
    [[nodiscard]] bool needs_reseal(std::string_view sealed) const noexcept;

    /// Whether this vault has the master key it was sealed under. True for what is no sealed
    /// secret at all: no other master key would help.
    [[nodiscard]] bool knows_master_key(std::string_view sealed) const noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Reads a master key: 64 hex digits or base64 of 32 bytes. Errors: invalid_argument.
result<std::array<unsigned char, 32>> parse_master_key(std::string_view text);

}  // namespace katydid::signing
