// Signed webhooks of both platforms, written without the project's own signing code, so that a
// fault there cannot hide itself.
#pragma once

#include "hub/core/clock.hpp"
#include "tests/e2e/wire.hpp"

#include <string>
#include <string_view>

namespace katydid::test {

inline constexpr std::string_view atlvs_secret = "atlvs-webhook-secret-of-the-tests";
inline constexpr std::string_view partner_secret = "atlvs-partner-secret-of-the-tests";
/// Base64 of 32 bytes, as Standard Webhooks asks.
inline constexpr std::string_view grasshopper_secret
    = "whsec_a2F0eWRpZC1lbmQtdG8tZW5kLXRlc3Qtc2VjcmV0MDA=";

[[nodiscard]] std::string hmac_hex(std::string_view key, std::string_view bytes);
/// The `v1,…` of Standard Webhooks. \param secret  "whsec_…"
[[nodiscard]] std::string standard_signature(std::string_view secret, std::string_view id,
                                             std::string_view timestamp, std::string_view body);

/// ATLVS's dispatcher: X-Webhook-Signature over {id, name, occurredAt, payload}.
[[nodiscard]] WireRequest atlvs_webhook(const std::string& id, const std::string& type,
                                        const std::string& payload);
/// ATLVS's other dialect: X-ATLVS-Signature over {event, data, timestamp}.
[[nodiscard]] WireRequest atlvs_envelope(const std::string& type, const std::string& data);
/// Grasshopper: Standard Webhooks over {type, timestamp, data}.
[[nodiscard]] WireRequest grasshopper_webhook(const std::string& id, const std::string& type,
                                              const std::string& data);
/// Any bytes for the source atlvs, signed as its dispatcher would.
[[nodiscard]] WireRequest atlvs_bytes(const std::string& body);

}  // namespace katydid::test
