// The last gate in front of the log: what looks like a secret does not pass.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace katydid::log {

/// The text with `[redacted]` instead of every secret it holds: Katydid's and the providers'
/// keys by their prefixes (whsec_, kd_live_, sk_live_, xoxb-, ghp_ …), credentials in headers and
/// URLs, private keys, values of query parameters such as `token=`. nullopt when there is none,
/// which is nearly always: then nothing is copied.
///
/// Secrets have types of their own that cannot be logged; this is for the texts that others
/// wrote: a receiver's error, a URL, an exception. Pure.
[[nodiscard]] std::optional<std::string> redact(std::string_view text);

}  // namespace katydid::log
