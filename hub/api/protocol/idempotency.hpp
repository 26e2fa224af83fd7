// Idempotency-Key: the same call sent twice is carried out once.
#pragma once

#include "hub/api/access/access.hpp"
#include "hub/api/api.hpp"

#include <functional>
#include <string>

namespace katydid::api {

using Handle
    = std::function<awaitable<http::Response>(const Context&, const Caller&, http::Request&)>;

/// How long an answer is replayed, and how long a call may be under way before its key is free.
constexpr milliseconds answer_kept = std::chrono::hours{24};
constexpr milliseconds call_longest = std::chrono::minutes{2};

/// Carries the call out under its key, or repeats the answer that the key's first call got.
///
/// The key is claimed in the store before the call, so that two hubs, and one before and after a
/// crash, agree. A 2xx is kept, sealed, for a day; a refusal changed nothing and frees the key.
/// Answers 409 while the first call is under way and 422 when the request is another one.
awaitable<http::Response> answer_once(const Context& context, const Caller& caller,
                                      http::Request& request, std::string key,
                                      const Handle& handle);

/// SHA-256 over what makes two requests the same: method, target, media type, "ce-…" headers and
/// body. 32 bytes.
[[nodiscard]] std::string fingerprint_of(const http::Request& request);

/// The id of the n-th event that a publish call under this key makes when it names none: the call
/// carried out again after a crash finds its events instead of making new ones.
[[nodiscard]] std::string event_id_under(std::string_view key, std::size_t index);

}  // namespace katydid::api
