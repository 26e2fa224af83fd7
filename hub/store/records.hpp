// What a store keeps beside events and deliveries: settings, keys, refused webhooks, the audit log.
#pragma once

#include "hub/core/event.hpp"

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

/// A webhook that was refused, kept for a while so that a person can see why and let it in.
struct Rejected {
    TenantId tenant = default_tenant();
    RejectedId id;
    SourceId source;
    Timestamp at{};
    std::string reason;     ///< the verdict's word, e.g. "wrong_signature"
    std::string diagnosis;  ///< a sentence for the operator
    std::string remote;     ///< address it came from
    std::string method;
    std::string target;  ///< path and query as they came
    Headers headers;     ///< whole, secrets included: sealed by the caller where they must be
    Payload body;        ///< null in lists
    std::uint64_t body_bytes = 0;
    bool verified = false;  ///< its signature was good: it makes room last
};

/// How many rejected webhooks of a tenant are kept. Over it, what no signature vouches for makes
/// room first, of the source that fills the most of it, and of that the oldest.
struct RejectedBounds {
    std::uint32_t count_max = 1'000;
    std::uint64_t bytes_max = 64ULL * 1024 * 1024;
};

struct AuditEntry {
    TenantId tenant = default_tenant();
    Timestamp at{};
    std::string actor;   ///< key id, "settings" or "hub"
    std::string action;  ///< "subscription.created", "event.duplicate_differs", …
    std::string object;  ///< id
    std::string detail;  ///< JSON text, secrets redacted
};

/// An entry as it stands in its tenant's log, with what makes a later change show.
struct AuditRow {
    AuditEntry entry;
    std::uint64_t number = 0;   ///< grows within the tenant
    std::string previous_hash;  ///< of the tenant's entry before; empty: the first
    std::string hash;           ///< chain_hash(entry, previous_hash), 32 bytes (encoding.hpp)
};

}  // namespace katydid::store
