// Settings and other small documents.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/error.hpp"
#include "hub/core/event.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace katydid::store {

/// Kinds that more than one room knows.
constexpr const char* source_kind = "source";
constexpr const char* subscription_kind = "subscription";
constexpr const char* privacy_kind = "privacy";  ///< what a person opted out of
constexpr const char* key_use_kind = "key_use";
constexpr const char* replay_job_kind = "replay_job";
constexpr const char* breaker_kind = "breaker";

/// A small document that one room keeps: a subscription, a signature scheme, a breaker's state.
struct Record {
    TenantId tenant = default_tenant();
    std::string kind;           ///< "scheme", "replay_job", "breaker", "tenant", …
    std::string id;             ///< unique within tenant and kind
    std::string json;           ///< the room's own; the store does not look into it
    std::uint64_t version = 1;  ///< 0 in a put: replaces whatever is there, or inserts
    Timestamp updated_at{};
    bool is_setting = true;  ///< in a put: other hubs must hear of it
    /// From then on a purge takes it away, and a put treats it as absent.
    std::optional<Timestamp> expires_at{};
    std::string name{};  ///< unique within tenant and kind; empty: it has none
};

class Records {
public:
    virtual ~Records() = default;
    /// errc::conflict when the stored version is not `version` - 1, or the name is another's.
    virtual awaitable<result<void>> put_record(Record record) = 0;
    virtual awaitable<result<void>>
    delete_record(TenantId tenant, std::string kind, std::string id) = 0;
    /// Of every tenant, by tenant and id.
    virtual awaitable<result<std::vector<Record>>> records(std::string kind) = 0;
    /// One of them; errc::not_found. It may have expired and still be there.
    virtual awaitable<result<Record>> record(TenantId tenant, std::string kind, std::string id) = 0;
};

}  // namespace katydid::store
