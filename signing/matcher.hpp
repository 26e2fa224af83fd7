// Does one key make one of the signatures? Internal to signing/.
#pragma once

#include "signing/request/candidates.hpp"
#include "signing/request/request_values.hpp"
#include "signing/keys/key_ring.hpp"
#include "signing/algorithms/work.hpp"

#include <optional>
#include <span>
#include <string>

namespace katydid::signing {

/// Tries keys against the signatures of one request, and remembers how far it got, for the
/// refusal. Constant time in the secret and in the expected signature.
///
/// Thread safety: none; it lives on the stack of one call.
class Matcher {
public:
    struct Options {
        /// Made by a built-in, each of them possibly the signed one; empty: the scheme's template.
        std::span<const std::string> messages;
        bool each_has_its_own = false;  ///< messages[i] belongs to candidate i, and to no other
        std::string_view remote_key;    ///< a fetched certificate or JWKS
        Timestamp now;
    };

    Matcher(RequestValues& values, const Candidates& candidates, Options options) noexcept
        : values_{values},
          candidates_{candidates},
          options_{options},
          work_{work_max(values.request().body.size())}
    {}

    [[nodiscard]] bool try_key(const Secret& secret);

    [[nodiscard]] bool any_key_decoded() const noexcept { return keys_decoded_ > 0; }
    [[nodiscard]] bool any_signature_decoded() const noexcept { return signatures_decoded_ > 0; }
    /// Whether keys or signatures were left untried, since those before cost too much.
    [[nodiscard]] bool gave_up() const noexcept { return gave_up_; }
    /// The text that the good signature covers; empty where it is the scheme's own template, or
    /// where a token covers nothing.
    [[nodiscard]] std::string_view signed_text() const noexcept { return signed_text_; }
    /// What a token was refused for; empty when nothing better is known.
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

private:
    bool try_method(const Method& method, const Secret& secret);
    bool try_keyed_hash(const Method& method, std::string_view key);
    bool try_public_key(const Method& method, const Secret& secret, std::string_view key);
    bool try_token(const Method& method, std::string_view key);
    bool try_jwt(const Method& method, std::string_view key);
    /// Enough for eight keys over any body; a stranger's many signatures count as well.
    static std::uint64_t work_max(std::size_t body_bytes) noexcept;
    bool may_go_on() noexcept;
    bool is_safe(const Method& method, Parts message);
    bool may_be_told(Parts message);
    [[nodiscard]] bool belong_together(std::size_t message, const Candidate& candidate) const;
    bool any_candidate_equals(const Method& method, const Digest& expected, std::size_t message);
    std::optional<std::string_view> decoded(const Method& method, const Candidate& candidate,
                                            std::span<char> out);

    RequestValues& values_;
    const Candidates& candidates_;
    Options options_;
    WorkLimit work_;
    bool gave_up_ = false;
    std::size_t keys_decoded_ = 0;
    std::size_t signatures_decoded_ = 0;
    std::string_view signed_text_;
    std::string reason_;
};

}  // namespace katydid::signing
