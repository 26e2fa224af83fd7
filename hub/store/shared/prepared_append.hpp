// An append with everything worked out that needs no database.
#pragma once

#include "hub/store/shared/encoding.hpp"
#include "hub/store/shared/payload.hpp"
#include "hub/store/store.hpp"

#include <boost/container/small_vector.hpp>

namespace katydid::store {

/// One of the things an event is known again by.
struct DedupeKey {
    KeyBytes bytes;
    bool is_same;  ///< an event that has it is this one; else this one may be a repeat of it
    bool is_id;    ///< the external_id; its row also tells whether the payload was the same

    [[nodiscard]] std::string_view text() const noexcept { return {bytes.data(), bytes.size()}; }
};

using DedupeKeys = boost::container::small_vector<DedupeKey, 1>;

/// An append with everything worked out that needs no database: hashes, compression, encodings.
/// Made on the caller's thread, so that the store's own thread only writes.
struct PreparedAppend {
    explicit PreparedAppend(Append to_append);

    Append append;
    StoredPayload payload;
    std::string headers;
    DedupeKeys keys;  ///< at least one: that of the external_id

    /// What a key's row says about the payload, so that duplicates can be compared.
    [[nodiscard]] std::string_view digest_for(const DedupeKey& key) const noexcept
    {
        if (!key.is_id) return {};
        return {reinterpret_cast<const char*>(payload.digest.data()), dedupe_digest_bytes};
    }
    /// Whether a key's row says the same; one that says nothing does.
    [[nodiscard]] bool is_same_payload(std::string_view known, const DedupeKey& key) const noexcept
    {
        return known.empty() || known == digest_for(key);
    }
    [[nodiscard]] std::size_t bytes() const noexcept;
};

}  // namespace katydid::store
