#include "hub/store/prepared_append.hpp"

#include "hub/store/encoding.hpp"

namespace katydid::store {
namespace {

constexpr std::size_t row_overhead_bytes = 256;

/// Keys that are made of hashes: no sender's id begins with their mark, since an id stands behind
/// the source's name and a zero byte.
std::string hashed_key(std::string_view source, char mark, std::string_view text)
{
    std::string key{source};
    const auto hash = sha256(text);
    key.push_back(mark);
    return key.append(reinterpret_cast<const char*>(hash.data()), dedupe_digest_bytes);
}

std::vector<DedupeKey> keys_of(const Append& append, const StoredPayload& payload)
{
    constexpr char with_payload = '\1';
    constexpr char of_request = '\2';
    const auto& event = *append.event;
    const auto& identity = append.identity;
    std::vector<DedupeKey> keys;
    auto id = dedupe_key(event.source, event.external_id);
    if (identity.id_is_hint) {
        auto both = id;
        both.append(reinterpret_cast<const char*>(payload.digest.data()), payload.digest.size());
        keys.push_back({hashed_key(event.source, with_payload, both), true});
    }
    if (!identity.request.empty())
        keys.push_back({hashed_key(event.source, of_request, identity.request),
                        identity.request_is_same});
    keys.push_back({std::move(id), !identity.id_is_hint});
    return keys;
}

}  // namespace

PreparedAppend::PreparedAppend(Append to_append)
    : append{std::move(to_append)},
      payload{encode_payload(*append.event->payload)},
      headers{encode_headers(append.event->headers)},
      keys{keys_of(append, payload)}
{}

std::size_t PreparedAppend::bytes() const noexcept
{
    return append.event->payload->size() + headers.size() + row_overhead_bytes
           + append.recipients.size() * row_overhead_bytes;
}

}  // namespace katydid::store
