// Texts whose MAC a handshake tells to anybody who asks. Internal to signing/.
#pragma once

#include "signing/algorithms/digest.hpp"

#include <algorithm>
#include <string_view>

namespace katydid::signing {

constexpr std::size_t handshake_token_bytes_max = 256;

/// Whether a text is of the one form of which a handshake makes a MAC: short, of letters, digits
/// and `-_=+/.`. A text of this form is never taken for what a webhook signs, so that no answer of
/// a handshake is the signature of a webhook.
[[nodiscard]] inline bool is_handshake_token(Parts text) noexcept
{
    std::size_t bytes = 0;
    for (const auto part : text) bytes += part.size();
    if (bytes > handshake_token_bytes_max) return false;
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || std::string_view{"-_=+/."}.find(c) != std::string_view::npos;
    };
    return std::all_of(text.begin(), text.end(), [&](std::string_view part) {
        return std::all_of(part.begin(), part.end(), is_plain);
    });
}

}  // namespace katydid::signing
