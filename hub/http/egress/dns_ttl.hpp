// How long DNS says that a name's addresses hold.
#pragma once

#include "hub/core/clock.hpp"

#include <optional>
#include <span>
#include <string>

namespace katydid::http {

/// The shortest time to live of the records in a DNS answer (RFC 1035, section 4.1), so also of
/// the aliases on the way. nullopt: it is not an answer, or holds no record. Pure.
[[nodiscard]] std::optional<milliseconds> ttl_in(std::span<const unsigned char> message);

/// Asks the first name server of the system, once, for at most about a second; blocks. The system's
/// resolver has asked the same just before, so that the answer is in a cache nearby.
/// nullopt: it does not know, e.g. since the name stands in /etc/hosts.
[[nodiscard]] std::optional<milliseconds> ask_ttl(const std::string& host, bool is_v6);

}  // namespace katydid::http
