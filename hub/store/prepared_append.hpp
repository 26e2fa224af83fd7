// An append with everything worked out that needs no database.
#pragma once

#include "hub/store/payload.hpp"
#include "hub/store/store.hpp"

namespace katydid::store {

/// One of the things an event is known again by.
struct DedupeKey {
    std::string text;
    bool is_same;  ///< an event that has it is this one; else this one may be a repeat of it
};

/// An append with everything worked out that needs no database: hashes, compression, encodings.
/// Made on the caller's thread, so that the store's own thread only writes.
struct PreparedAppend {
    explicit PreparedAppend(Append to_append);

    Append append;
    StoredPayload payload;
    std::string headers;
    std::vector<DedupeKey> keys;  ///< at least one: that of the external_id

    [[nodiscard]] std::size_t bytes() const noexcept;
};

}  // namespace katydid::store
