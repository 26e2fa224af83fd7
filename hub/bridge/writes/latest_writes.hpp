// The latest accepted write of everything that can be written.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/store/records.hpp"

#include <optional>
#include <string>

namespace katydid::bridge {

/// Under which id a body was stored last, so that the same body again is the same write.
struct LatestWrite {
    std::string hash;         ///< of the body
    std::string external_id;  ///< of its event
    std::uint64_t version = 0;
};

/// One small record in the store for each natural key, gone with the dedupe window.
///
/// It is written before the event: a crash between both leaves a note about an event that is not
/// there, and the next try stores it under the noted id.
/// Lifetime: the store outlives it. Thread safety: none; one caller a key at a time.
class LatestWrites {
public:
    LatestWrites(store::Records& store, const Clock& clock, milliseconds kept)
        : store_{store},
          clock_{clock},
          kept_{kept}
    {}

    /// \param name  of what is written: any text, it is hashed
    awaitable<result<std::optional<LatestWrite>>> find(std::string name);
    /// Errors: conflict when another hub was faster.
    awaitable<result<void>> put(std::string name, LatestWrite latest);

private:
    store::Records& store_;
    const Clock& clock_;
    const milliseconds kept_;
};

}  // namespace katydid::bridge
