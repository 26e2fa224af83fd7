// Writes records: settings and what else a room keeps.
#pragma once

#include "hub/store/sqlite/write/writer_state.hpp"

namespace katydid::store::sqlite {

/// Every change checks before it writes, so a refused one leaves nothing to undo.
/// Thread safety: none; it belongs to the writer's thread.
class RecordWriter {
public:
    explicit RecordWriter(WriterState& state) : state_{state} {}

    result<void> put(const Record& record);
    result<void> remove(const TenantId& tenant, const std::string& kind, const std::string& id);

private:
    WriterState& state_;
};

}  // namespace katydid::store::sqlite
