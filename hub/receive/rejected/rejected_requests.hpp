// Refused requests, kept for a while so that an operator can see why and let them in.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/receive/rejected/kept_request.hpp"
#include "hub/registry/source_entry.hpp"
#include "signing/verify.hpp"

#include <compare>
#include <map>
#include <optional>
#include <string>

namespace katydid::receive {

/// Decides which refused requests are kept, and keeps them without anybody waiting for it.
///
/// A flood costs no disk: of each source at most ten a second are kept, and ten that were verified;
/// at most sixteen writes of a loop are under way, and the store makes room over its bounds.
/// Thread safety: none; one per event loop. What it is handed outlives it and its writes.
class RejectedRequests {
public:
    RejectedRequests(store::RejectedWebhooks& store, const signing::Vault& vault,
                     const Clock& clock);

    struct Item {
        RejectedId id;
        signing::Refusal refusal;
        bool is_verified;
        std::string method;
        std::string remote;
        KeptRequest request;
    };

    /// Whose a refused request is: those that were verified have a share of their own.
    struct Share {
        SourceId source;
        bool is_verified = false;
        auto operator<=>(const Share&) const = default;
    };
    /// An id for one more request of that share, or nullopt when it is one too many.
    [[nodiscard]] std::optional<RejectedId> admit(Share share);

    /// Seals and stores it in the background. What admit() gave an id for.
    void keep(const asio::any_io_executor& executor, const Source& source, Item item);

private:
    struct Bucket {
        double tokens;
        SteadyTime at;
        std::size_t in_flight = 0;
    };

    awaitable<void> write(store::Rejected row);

    store::RejectedWebhooks& store_;
    const signing::Vault& vault_;
    const Clock& clock_;
    IdSource ids_;
    std::map<Share, Bucket> buckets_;
    std::size_t in_flight_ = 0;
};

}  // namespace katydid::receive
