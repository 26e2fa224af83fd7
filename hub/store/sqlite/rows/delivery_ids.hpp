// Ids of deliveries, computed instead of stored.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/id.hpp"

#include <optional>
#include <string_view>

namespace katydid::store::sqlite {

/// Turns a delivery's row number and creation time into its id and back.
///
/// Deliveries of one millisecond have ids in the order of their rows, which is the order of
/// acceptance that order by key goes by. The 80 low bits of the ULID are 48 for the row number plus
/// a keyed number of that millisecond, so that ids do not show how many deliveries there are, and a
/// keyed check of 32, so that an id that this store did not make is recognised. They need no column
/// and no index. It is no protection of its own: every lookup still asks for the tenant.
///
/// Thread safety: immutable after construction.
class DeliveryIds {
public:
    /// \param secret  16 bytes, made with the file
    explicit DeliveryIds(std::string_view secret);

    [[nodiscard]] DeliveryId make(std::int64_t seq, Timestamp created_at) const noexcept;

    struct Row {
        std::int64_t seq;
        Timestamp created_at;
    };
    /// nullopt when no store with this secret made the id.
    [[nodiscard]] std::optional<Row> find(const DeliveryId& id) const noexcept;

private:
    [[nodiscard]] std::uint64_t offset_at(std::uint64_t time) const noexcept;
    [[nodiscard]] std::uint32_t check_of(std::uint64_t time, std::uint64_t number) const noexcept;

    std::uint64_t keys_[4];
};

}  // namespace katydid::store::sqlite
