// What may be chosen for a source.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/json/fault.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::registry {

/// What becomes of something that no signature covers.
enum class Unsigned : std::uint8_t { accept, refuse };

/// The settings of one source; kept as JSON in store::Source::settings.
struct SourceSettings {
    std::string public_url;      ///< as the provider knows it; empty: what the request says
    std::string client_subject;  ///< of the TLS client certificate it must show; empty: any, none
    bool gzip = false;           ///< whether its bodies may come compressed
    /// How old a signature may be; widens what the scheme allows and never narrows it.
    std::optional<milliseconds> tolerance;
    /// A signature that came before, under another id that no signature covers.
    Unsigned repeats = Unsigned::accept;
    /// An event type from a header that no signature covers.
    Unsigned unsigned_types = Unsigned::accept;
    bool split = false;     ///< whether a batch becomes one event for each of its items
    std::string principal;  ///< who must have signed, where the key is not the source's own
    /// Of the token that a provider's check of the endpoint shows (Meta), in hex; empty: none. The
    /// token itself is kept nowhere.
    std::string verify_token_sha256;

    friend bool operator==(const SourceSettings&, const SourceSettings&) = default;
};

constexpr milliseconds tolerance_max = std::chrono::hours{24 * 7};

/// Every setting, null where nothing is chosen.
[[nodiscard]] boost::json::object to_json(const SourceSettings& settings);
/// Fills the settings that are there and leaves the others; null takes one away. The object fits
/// the schema NewSource (hub/api/schemas), or was made by to_json().
void from_json(const boost::json::object& object, SourceSettings& into, std::vector<Fault>& faults);
[[nodiscard]] std::string to_text(const SourceSettings& settings);
void set_verify_token(SourceSettings& settings, std::string_view token);
/// \param text  as to_text() wrote it; what is not in it is left at its default
[[nodiscard]] SourceSettings read_source_settings(std::string_view text);

[[nodiscard]] std::string_view to_text(Unsigned choice) noexcept;

}  // namespace katydid::registry
