// Who changed what.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/error.hpp"
#include "hub/core/id.hpp"
#include "hub/core/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace katydid::store {

struct AuditEntry {
    TenantId tenant = default_tenant();
    Timestamp at{};
    std::string actor;   ///< key id, "settings" or "hub"
    std::string action;  ///< "subscription.created", "event.duplicate_differs", …
    std::string object;  ///< id
    std::string detail;  ///< JSON text, secrets redacted
};

/// An entry of its tenant's log, with what makes a later change show.
struct AuditRow {
    AuditEntry entry;
    std::uint64_t number = 0;   ///< grows within the tenant
    std::string previous_hash;  ///< of the tenant's entry before; empty: the first
    std::string hash;           ///< chain_hash(entry, previous_hash), 32 bytes (encoding.hpp)
};

/// Newest first unless `ascending`.
struct AuditQuery {
    TenantId tenant = default_tenant();
    std::optional<std::string> action{};  ///< exact, or "prefix.*"
    std::optional<std::string> actor{};
    std::optional<std::string> object{};
    std::optional<Timestamp> since{};       ///< at >= since
    std::optional<Timestamp> until{};       ///< at < until
    std::optional<std::uint64_t> cursor{};  ///< exclusive: a row's number
    bool ascending = false;
    std::uint32_t limit = 50;  ///< 1 to 250
};

class AuditLog {
public:
    virtual ~AuditLog() = default;
    virtual awaitable<result<void>> audit(AuditEntry entry) = 0;
    virtual awaitable<result<std::vector<AuditRow>>> audit_entries(AuditQuery query) = 0;
};

}  // namespace katydid::store
