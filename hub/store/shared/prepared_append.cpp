#include "hub/store/shared/prepared_append.hpp"

namespace katydid::store {
namespace {

constexpr std::size_t row_overhead_bytes = 256;

/// No sender's id meets such a key: an id comes after the source's name and a zero byte.
std::string hashed_key(std::string_view source, std::string_view hash)
{
    std::string key;
    key.reserve(source.size() + 1 + hash.size());
    key.append(source).push_back('\1');
    key.append(hash);
    return key;
}

std::vector<DedupeKey> keys_of(const Append& append)
{
    const auto& event = *append.event;
    const auto& identity = append.identity;
    std::vector<DedupeKey> keys;
    keys.reserve(identity.same.size() + identity.like.size() + 1);
    for (const auto& hash : identity.same)
        keys.push_back({hashed_key(event.source, hash), true, false});
    for (const auto& hash : identity.like)
        keys.push_back({hashed_key(event.source, hash), false, false});
    keys.push_back({dedupe_key(event.source, event.external_id), !identity.id_is_hint, true});
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
