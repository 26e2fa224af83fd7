// Whose key is it? The same work for every answer.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/text/headers.hpp"
#include "hub/registry/tables.hpp"

#include <string_view>

namespace katydid::api {

constexpr std::string_view bearer = "Bearer ";

[[nodiscard]] inline bool is_good(const registry::ApiKey& key, Timestamp now)
{
    return !key.revoked_at && (!key.expires_at || now < *key.expires_at);
}

/// The key that an Authorization header carries; nullptr when it is none, or not good any more.
///
/// Whatever was sent costs one hash and one look-up by it, also when there is no key in it at all:
/// neither the time nor the path tells a guesser how close the guess was. The look-up is by the
/// hash, so that what its comparisons tell is about the hash and not about the key.
/// \param hash  std::string(std::string_view key)
/// \param find  registry::ApiKeyPtr(std::string hash)
template <class Hash, class Find>
[[nodiscard]] registry::ApiKeyPtr recognise(std::string_view authorisation, Timestamp now,
                                            const Hash& hash, const Find& find)
{
    const bool is_bearer = authorisation.size() > bearer.size()
                           && equal_names(authorisation.substr(0, bearer.size()), bearer);
    const auto key = find(hash(is_bearer ? authorisation.substr(bearer.size()) : authorisation));
    return is_bearer && key && is_good(*key, now) ? key : nullptr;
}

}  // namespace katydid::api
