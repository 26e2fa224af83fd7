// The bytes of every request of a run, made by copying a prepared one and patching it.
#pragma once

#include "bench/load/hmac.hpp"
#include "bench/load/samples.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace katydid::bench {

/// How requests prove where they come from.
enum class Signature { none, atlvs, standard_webhooks };

/// Where events are posted and how they are written there. Texts may hold {{type}}, {{data}},
/// {{id}} (the marker, unique per event) and {{time}} (RFC 3339, when the run began).
struct Door {
    std::string method = "POST";
    std::string path;
    std::string host;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;  ///< template
    Signature signature = Signature::none;
    std::string secret;  ///< of the signature; raw text or whsec_…
};

/// The key bytes of a secret: whsec_ secrets are base64, all others are taken as they stand.
std::string key_of_secret(std::string_view secret);

/// Makes request number n of a run. The same number gives the same event, so that a request can be
/// sent again.
///
/// Thread safety: none.
class Requests {
public:
    Requests(const Door& door, const std::vector<Sample>& mix);

    /// Overwrites `out` with the whole request. \param unix_seconds  for schemes with a timestamp
    void write(std::uint32_t number, std::int64_t unix_seconds, std::string& out) const;
    /// Signs numbers 0 to count-1 now, so that sending costs nothing but patching.
    void presign(std::uint32_t count, std::int64_t unix_seconds);

    [[nodiscard]] std::size_t mean_body_bytes() const noexcept { return mean_body_bytes_; }

private:
    /// One sample's request with the places that differ from event to event.
    struct Prepared {
        std::string bytes;
        std::size_t body_at = 0;
        std::vector<std::size_t> numbers;  ///< where the eight hex digits go
        std::size_t id_at = 0;             ///< standard-webhooks: the webhook-id header's value
        std::size_t time_at = 0;           ///< and its timestamp's ten digits
        std::size_t signature_at = 0;
    };

    static Prepared prepare(const Door& door, const Sample& sample);
    void patch(const Prepared& prepared, std::uint32_t number, std::int64_t unix_seconds,
               std::string& out) const;
    [[nodiscard]] Digest sign(const Prepared& prepared, const std::string& bytes) const;
    [[nodiscard]] const Prepared& choose(std::uint32_t number) const noexcept;

    Signature signature_;
    std::optional<HmacSha256> mac_;
    std::vector<Prepared> prepared_;
    std::vector<std::uint8_t> order_;  ///< which sample is next, in the mix's proportions
    std::vector<Digest> presigned_;
    std::int64_t presigned_at_ = 0;
    std::size_t mean_body_bytes_ = 0;
};

/// Replaces every {{name}} by its value. Throws std::invalid_argument for an unknown name.
using Variables = std::vector<std::pair<std::string, std::string>>;
std::string expand(std::string_view text, const Variables& variables);

}  // namespace katydid::bench
