// Writes subscriptions, sources, keys and records.
#pragma once

#include "hub/store/sqlite/write/writer_state.hpp"

namespace katydid::store::sqlite {

/// Every change checks before it writes, so a refused one leaves nothing to undo.
/// Thread safety: none; it belongs to the writer's thread.
class SettingsWriter {
public:
    explicit SettingsWriter(WriterState& state) : state_{state} {}

    result<void> put(const Subscription& subscription);
    result<void> put(const Source& source);
    result<void> put(const SealedKey& key);
    result<void> put(const ApiKey& key);
    result<void> put(const Record& record);
    result<void> remove_record(const TenantId& tenant, const std::string& kind,
                               const std::string& id);
    /// \param table  one of ours: "subscriptions", "sources" or "keys"
    result<void> remove(const char* table, const TenantId& tenant, const IdBytes& id,
                        const std::string& name_of_it);

private:
    struct Versioned {
        const char* table;
        const char* noun;
        TenantId tenant;
        IdBytes id;
        const std::string& name;
        std::uint64_t version;
        std::string spec;
    };
    result<void> put_versioned(const Versioned& row);

    WriterState& state_;
};

}  // namespace katydid::store::sqlite
