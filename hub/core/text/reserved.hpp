// What belongs to the hub or to the connection, so that no other can say it.
#pragma once

#include <string>
#include <string_view>

namespace katydid {

/// A type longer than this is no type, by whichever way an event comes.
constexpr std::size_t event_type_bytes_max = 200;

/// Types of the hub's own events, `katydid.*`, and of the bridge's, `bridge.*`. Only the hub makes
/// them, and only a subscription that names them gets them.
[[nodiscard]] bool is_internal_type(std::string_view type) noexcept;

/// Names of sources and subscriptions that the hub keeps for itself: "bridge", "bridge-*" and
/// "katydid*", in any case.
[[nodiscard]] bool is_reserved_name(std::string_view name) noexcept;
/// The sentence for a name that is reserved.
[[nodiscard]] std::string reserved_name_fault(std::string_view name);

/// Header fields of one connection or one message (RFC 9110, section 7.6.1, and what frames a
/// request): the HTTP client writes them, and refuses them from anybody else.
[[nodiscard]] bool is_connection_header(std::string_view name) noexcept;

/// Whether a subscription may set this header on its requests: not one of the connection, of the
/// body (Content-*), of the signature (webhook-*) or of the hub (katydid-*).
[[nodiscard]] bool is_settable_header(std::string_view name) noexcept;

/// Whether two headers have one name for receivers to whom `X_Role` and `X-Role` are the same, as
/// they are in CGI, WSGI and PHP.
[[nodiscard]] bool are_read_alike(std::string_view a, std::string_view b) noexcept;

/// Whether a header is the hub's own, also as such a receiver reads it: `katydid-*`.
[[nodiscard]] bool is_hub_header(std::string_view name) noexcept;

/// Whether a type is in plain ASCII and short enough: writable_type() changes nothing about it.
[[nodiscard]] bool is_writable_type(std::string_view type) noexcept;
/// A received type as it can be kept, shown and written to a header: blanks, control characters and
/// what is no UTF-8 are percent-encoded. Empty: it is longer than a type may be.
[[nodiscard]] std::string writable_type(std::string_view type);

}  // namespace katydid
