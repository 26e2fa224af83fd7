// Settings and other small documents.
#pragma once

#include "hub/core/asio.hpp"
#include "hub/core/error.hpp"
#include "hub/core/event.hpp"
#include "hub/core/subscription.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace katydid::store {

/// A secret at rest: sealed by signing::Vault, opened only in memory.
struct SealedKey {
    TenantId tenant = default_tenant();
    KeyId id;
    std::string owner;   ///< "src_…" or "sub_…" whose ring it belongs to
    std::string sealed;  ///< bytes of AES-256-GCM, never the secret
    Timestamp created_at{};
    std::optional<Timestamp> not_before;
    std::optional<Timestamp> not_after;
};

/// An API key, known only by the SHA-256 of its text.
struct ApiKey {
    TenantId tenant = default_tenant();
    KeyId id;
    std::string name;
    std::string sha256;  ///< 32 bytes
    std::vector<std::string> scopes;
    bool is_operator = false;  ///< may act for every tenant
    Timestamp created_at{};
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> revoked_at;
};

/// Who posts webhooks to us.
struct Source {
    TenantId tenant = default_tenant();
    SourceId id;
    std::string name;                  ///< unique within the tenant; the last part of its URL
    std::vector<std::string> schemes;  ///< names of signature schemes, tried in this order
    std::string settings;              ///< JSON text: public_url, tolerance, privacy, …
    bool read_only = false;
    std::uint64_t version = 1;
    Timestamp created_at{};
    Timestamp updated_at{};
};

/// A small document that one room keeps: a signature scheme, a replay job, a breaker's state.
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
};

class Records {
public:
    virtual ~Records() = default;
    // Settings that live in the store. `put_…` inserts, or replaces version - 1; errc::conflict
    // when the stored version is another or the name is taken.
    virtual awaitable<result<void>> put_subscription(Subscription subscription) = 0;
    virtual awaitable<result<void>> delete_subscription(TenantId tenant, SubscriptionId id) = 0;
    virtual awaitable<result<std::vector<Subscription>>> subscriptions() = 0;
    virtual awaitable<result<void>> put_source(Source source) = 0;
    virtual awaitable<result<void>> delete_source(TenantId tenant, SourceId id) = 0;
    virtual awaitable<result<std::vector<Source>>> sources() = 0;
    virtual awaitable<result<void>> put_key(SealedKey key) = 0;
    virtual awaitable<result<void>> delete_key(TenantId tenant, KeyId id) = 0;
    virtual awaitable<result<std::vector<SealedKey>>> keys() = 0;
    virtual awaitable<result<void>> put_api_key(ApiKey key) = 0;
    virtual awaitable<result<std::vector<ApiKey>>> api_keys() = 0;
    /// errc::conflict when the stored version is not `version` - 1.
    virtual awaitable<result<void>> put_record(Record record) = 0;
    virtual awaitable<result<void>>
    delete_record(TenantId tenant, std::string kind, std::string id) = 0;
    /// Of every tenant, by tenant and id.
    virtual awaitable<result<std::vector<Record>>> records(std::string kind) = 0;
    /// One of them; errc::not_found. It may have expired and still be there.
    virtual awaitable<result<Record>> record(TenantId tenant, std::string kind, std::string id) = 0;
};

}  // namespace katydid::store
