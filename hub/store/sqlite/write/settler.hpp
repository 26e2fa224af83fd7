// Writes what attempts came to.
#pragma once

#include "hub/store/sqlite/write/writer_state.hpp"

namespace katydid::store::sqlite {

/// Records attempts and the state that follows.
///
/// A settlement of a delivery that is finished, or that this store never made, changes nothing:
/// the first outcome stays.
/// Thread safety: none; it belongs to the writer's thread.
class Settler {
public:
    explicit Settler(WriterState& state);

    void settle(const std::vector<Settlement>& settlements);
    /// Ends deliveries whose event is damaged: they are never handed over.
    void fail_corrupt(Timestamp now);

private:
    struct Target {
        std::int64_t seq;
        std::int64_t tenant;
        Timestamp created_at;
        Claims::Held before;
    };
    std::optional<Target> find(const Settlement& settlement);
    bool finish(const Target& target, const Settlement& settlement);
    bool reschedule(const Target& target, const Settlement& settlement);
    void insert_attempt(std::int64_t seq, const Attempt& attempt);

    WriterState& state_;
    Statement find_, finish_, reschedule_, insert_attempt_;
};

}  // namespace katydid::store::sqlite
