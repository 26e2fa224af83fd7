// Removes what is stored about a person.
#pragma once

#include "hub/store/shared/retention_rules.hpp"
#include "hub/store/sqlite/write/writer_state.hpp"

namespace katydid::store::sqlite {

/// Empties events, a few at a time, together with what their deliveries would still show.
///
/// The connection runs with secure_delete, so the bytes are overwritten in the pages; the caller
/// then empties the write-ahead log.
/// Thread safety: none; it belongs to the writer's thread.
class Eraser {
public:
    explicit Eraser(WriterState& state);

    struct Step {
        Erased erased;
        std::vector<std::int64_t> events;  ///< row numbers; empty: nothing is left
    };
    Step erase_some(const Erasure& order);

private:
    struct Target {
        std::int64_t event;
        std::int64_t first_delivery;
        std::int64_t deliveries;
        std::string id;   ///< as text
        std::string key;  ///< in `dedupe`
    };
    std::uint64_t clean_delivery(std::int64_t seq, std::int64_t tenant, Timestamp now);

    WriterState& state_;
    Statement find_events_, erase_event_, forget_digest_, find_deliveries_, clean_delivery_,
        cancel_, clean_attempts_;
};

}  // namespace katydid::store::sqlite
