// How fields are written in a row, the same in every store.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/text/headers.hpp"
#include "hub/store/shared/payload.hpp"
#include "hub/store/store.hpp"

#include <boost/container/small_vector.hpp>

#include <string>
#include <string_view>

namespace katydid::store {

inline std::int64_t to_integer(Timestamp time) noexcept { return time.time_since_epoch().count(); }
inline Timestamp to_timestamp(std::int64_t value) noexcept
{
    return Timestamp{milliseconds{value}};
}

/// The time of an id: its first 48 bits, in milliseconds.
inline std::int64_t time_of(const IdBytes& id) noexcept
{
    std::int64_t time = 0;
    for (std::size_t i = 0; i < 6; ++i) time = time << 8 | id[i];
    return time;
}

/// Headers as bytes: for each, two little-endian 32-bit lengths, then name and value.
std::string encode_headers(const Headers& headers);
Headers decode_headers(std::string_view bytes);

/// What an event is recognised by when it comes again. Short ids are kept as they are, so that
/// senders whose ids grow (ULID, KSUID, counters) write at one place of the tree.
std::string dedupe_key(std::string_view source, std::string_view external_id);
/// The same with memory of its own, enough for usual keys.
using KeyBytes = boost::container::small_vector<char, 88>;
KeyBytes dedupe_key_bytes(std::string_view source, std::string_view external_id);
/// Of a payload's digest, as much as tells two payloads apart in a duplicate.
constexpr std::size_t dedupe_digest_bytes = 16;

[[nodiscard]] inline Error no_such_rejected(const RejectedId& id)
{
    return {errc::not_found, "There is no rejected webhook " + id.to_string()
                                 + ". It may have made room for newer ones."};
}

/// An audit entry's hash, over itself and the hash of the entry before.
Digest chain_hash(const AuditEntry& entry, std::string_view previous_hash);

}  // namespace katydid::store
