// What a signature covers: only that says who wrote it. Internal to signing/.
#pragma once

#include "signing/request/request_values.hpp"

namespace katydid::signing {

/// Tells the values that a good signature vouches for from those that anybody on the way could
/// have put there.
///
/// A token or password signs nothing: who has it may say anything, so it vouches for all of its
/// request. PayPal's checksum of the body (CRC-32) covers nothing, since anybody can make another
/// body with the same one.
/// Thread safety: none; it lives on the stack of one call.
class Coverage {
public:
    /// What is known of a scheme without a request: headers that its sender chooses to sign
    /// (Contentful, RFC 9421) count only where the scheme asks for them.
    explicit Coverage(const Scheme& scheme) noexcept : scheme_{scheme} {}
    /// \param values       of the request whose signature was good
    /// \param signed_text  what a built-in or a token's issuer signed; empty: the scheme's template
    Coverage(RequestValues& values, std::string_view signed_text) noexcept
        : scheme_{values.scheme()},
          values_{&values},
          signed_text_{signed_text}
    {}

    [[nodiscard]] bool covers(const ValueRef& ref) const;
    /// Whether the body may be what its sender wrote, and nothing else.
    [[nodiscard]] bool covers_body() const;
    /// Whether the signature says when the request was made, so that the same signature is the
    /// same request.
    [[nodiscard]] bool covers_time() const;

private:
    [[nodiscard]] bool covers_all() const;
    [[nodiscard]] bool covers_url() const;
    [[nodiscard]] bool covers_header(const ValueRef& header) const;
    /// Whether the scheme's template takes in exactly this value.
    [[nodiscard]] bool names(const ValueRef& ref) const;
    /// Whether a signature by RFC 9421 takes in this component.
    [[nodiscard]] bool has_component(std::string_view name) const;

    const Scheme& scheme_;
    RequestValues* values_ = nullptr;
    std::string_view signed_text_;
};

}  // namespace katydid::signing
