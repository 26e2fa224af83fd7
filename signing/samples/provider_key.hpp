// Keys of our own, instead of those that providers keep to themselves.
#pragma once

#include "hub/core/error.hpp"
#include "signing/schemes/scheme.hpp"

#include <string>
#include <string_view>

namespace katydid::signing::samples {

/// Whether only the provider's private key signs: a secret that is shared with it does not.
[[nodiscard]] bool needs_private_key(const Scheme& scheme) noexcept;

/// Whether the secret that a source has is no secret but what the request is for: a topic's ARN, a
/// webhook's id.
[[nodiscard]] bool has_named_target(const Scheme& scheme) noexcept;

/// A new private key of the scheme's kind, PEM (PKCS#8).
/// Errors: invalid_argument (the scheme has no such key), internal.
[[nodiscard]] result<std::string> make_private_key(const Scheme& scheme);

/// Its public half as the scheme's secret is written (hexadecimal, base64 or PEM).
/// Errors: invalid_argument, when the key is none of the scheme's kind.
[[nodiscard]] result<std::string> public_half(const Scheme& scheme, std::string_view private_key);

}  // namespace katydid::signing::samples
