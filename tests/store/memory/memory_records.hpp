// Settings, the audit log and rejected webhooks of a store in memory.
#pragma once

#include "hub/store/shared/retention_rules.hpp"
#include "hub/store/store.hpp"

#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace katydid::test {

/// Thread safety: none.
class MemoryRecords {
public:
    result<void> put(store::Record record);
    result<void> remove(TenantId tenant, const std::string& kind, const std::string& id);
    [[nodiscard]] std::vector<store::Record> list(const std::string& kind) const;
    [[nodiscard]] result<store::Record> find(TenantId tenant, const std::string& kind,
                                             const std::string& id) const;

    void add_audit(store::AuditEntry entry);
    [[nodiscard]] std::vector<store::AuditRow> list_audit(const store::AuditQuery& query) const;

    void add_rejected(store::Rejected rejected, const store::RejectedBounds& bounds);
    [[nodiscard]] std::vector<store::Rejected>
    list_rejected(const store::RejectedQuery& query) const;
    [[nodiscard]] result<store::Rejected> find_rejected(TenantId tenant, RejectedId id) const;
    result<void> remove_rejected(TenantId tenant, RejectedId id);

    /// Deletes what is too old, at most `left`. Returns how much.
    std::uint64_t purge(const store::Purge& order, std::uint64_t left);

private:
    using Key = std::tuple<std::string, TenantId, std::string>;  ///< kind, tenant, id

    [[nodiscard]] bool is_name_taken(const store::Record& record) const;
    void trim_rejected(TenantId tenant, const store::RejectedBounds& bounds);

    std::map<Key, store::Record> records_;
    std::map<TenantId, std::vector<store::AuditRow>> audit_;
    std::vector<store::Rejected> rejected_;  ///< oldest first
};

}  // namespace katydid::test
