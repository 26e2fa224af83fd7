// Rejected webhooks, kept within bounds.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/error.hpp"
#include "hub/core/event.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace katydid::store {

/// A webhook that was rejected, kept for a while so that a person can see why and let it in.
struct Rejected {
    TenantId tenant = default_tenant();
    RejectedId id;
    SourceId source;
    Timestamp at{};
    std::string reason;     ///< of the verdict, e.g. "wrong_signature"
    std::string diagnosis;  ///< a sentence for the operator
    std::string remote;     ///< address it came from
    std::string method;
    std::string target;  ///< path and query as they came
    Headers headers;     ///< whole, secrets included: sealed by the caller where they must be
    Payload body;        ///< null in lists
    std::uint64_t body_bytes = 0;
    bool verified = false;  ///< its signature was good: it makes room last
};

/// How much of a tenant's is kept. Over it, what no signature vouches for makes room first, of the
/// source that has the most, and of that the oldest.
struct RejectedBounds {
    std::uint32_t count_max = 1'000;
    std::uint64_t bytes_max = 64ULL * 1024 * 1024;
};

struct RejectedQuery {
    TenantId tenant = default_tenant();
    std::optional<SourceId> source{};
    std::optional<RejectedId> cursor{};  ///< exclusive; newest first
    std::uint32_t limit = 50;
};

class RejectedWebhooks {
public:
    virtual ~RejectedWebhooks() = default;
    virtual awaitable<result<void>> add_rejected(Rejected rejected, RejectedBounds bounds) = 0;
    virtual awaitable<result<std::vector<Rejected>>> rejected(RejectedQuery query) = 0;
    virtual awaitable<result<Rejected>> rejected(TenantId tenant, RejectedId id) = 0;
    virtual awaitable<result<void>> delete_rejected(TenantId tenant, RejectedId id) = 0;
};

}  // namespace katydid::store
