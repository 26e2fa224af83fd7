// An append with everything worked out that needs no database.
#pragma once

#include "hub/store/payload.hpp"
#include "hub/store/store.hpp"

namespace katydid::store {

/// An append with everything worked out that needs no database: hashes, compression, encodings.
/// Made on the caller's thread, so that the store's own thread only writes.
struct PreparedAppend {
    explicit PreparedAppend(Append to_append);

    Append append;
    StoredPayload payload;
    std::string headers;
    std::string key;  ///< for dedupe

    [[nodiscard]] std::size_t bytes() const noexcept;
};

}  // namespace katydid::store
