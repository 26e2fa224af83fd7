#include "hub/store/shared/prepared_append.hpp"

namespace katydid::store {
namespace {

constexpr std::size_t row_overhead_bytes = 256;

/// No sender's id meets such a key: an id comes after the source's name and a zero byte.
KeyBytes hashed_key(std::string_view source, std::string_view hash)
{
    KeyBytes key{source.begin(), source.end()};
    key.push_back('\1');
    key.insert(key.end(), hash.begin(), hash.end());
    return key;
}

DedupeKeys keys_of(const Append& append)
{
    const auto& event = *append.event;
    const auto& identity = append.identity;
    DedupeKeys keys;
    keys.reserve(identity.same.size() + identity.like.size() + 1);
    for (const auto& hash : identity.same)
        keys.push_back({hashed_key(event.source, hash), true, false});
    for (const auto& hash : identity.like)
        keys.push_back({hashed_key(event.source, hash), false, false});
    keys.push_back({dedupe_key_bytes(event.source, event.external_id), !identity.id_is_hint, true});
    return keys;
}

}  // namespace

PreparedAppend::PreparedAppend(Append to_append)
    : append{std::move(to_append)},
      payload{encode_payload(*append.event)},
      headers{encode_headers(append.event->headers)},
      keys{keys_of(append)}
{}

std::size_t PreparedAppend::bytes() const noexcept
{
    return append.event->payload->size() + headers.size() + row_overhead_bytes
           + append.recipients.size() * row_overhead_bytes;
}

}  // namespace katydid::store
