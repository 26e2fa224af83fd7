// Keeps rejected webhooks within their bounds.
#pragma once

#include "hub/store/sqlite/write/writer_state.hpp"

namespace katydid::store::sqlite {

/// Adds a rejected webhook and lets the tenant's oldest go when there are too many.
/// Thread safety: none; it belongs to the writer's thread.
class RejectedWriter {
public:
    explicit RejectedWriter(WriterState& state);

    void add(const Rejected& rejected, const RejectedBounds& bounds);
    result<void> remove(const TenantId& tenant, const RejectedId& id);

private:
    WriterState& state_;
    Statement add_, trim_;
};

}  // namespace katydid::store::sqlite
