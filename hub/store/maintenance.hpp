// Retention, erasure and backups.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/error.hpp"
#include "hub/core/id.hpp"
#include "hub/core/retention.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace katydid::store {

struct RetentionPlan {
    Retention standard;
    std::vector<std::pair<TenantId, Retention>> tenants;  ///< those with rules of their own
};

/// What an erasure removed.
struct Erased {
    std::uint64_t events = 0;
    std::uint64_t deliveries_cancelled = 0;  ///< that had not been sent yet
};

/// Called on a thread of the store while a backup runs.
using BackupProgress = std::function<void(std::uint64_t pages_done, std::uint64_t pages_total)>;

class Maintenance {
public:
    virtual ~Maintenance() = default;
    /// Deletes some rows whose retention is over; at most `rows_max`, in one small transaction.
    /// Returns how many went. 0: everything was looked at; ask again some minutes later.
    virtual awaitable<result<std::uint64_t>>
    purge(RetentionPlan plan, Timestamp now, std::uint32_t rows_max) = 0;
    /// Removes what is stored about a person: payloads, headers, keys, answers. That there was an
    /// event and what became of its deliveries stays. Waiting deliveries are cancelled; what is in
    /// flight ends with its attempt. The caller writes the audit entry.
    virtual awaitable<result<Erased>>
    erase_subject(TenantId tenant, std::string subject, Timestamp now) = 0;
    /// Copies a consistent state to a new file while the store works on. errc::conflict when the
    /// file is there already.
    virtual awaitable<result<void>> backup(std::string path, BackupProgress progress) = 0;
};

}  // namespace katydid::store
