// Ids of deliveries, computed instead of stored.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/id.hpp"

#include <optional>
#include <string_view>

namespace katydid::store::sqlite {

/// Turns a delivery's row number and creation time into its id and back.
///
/// The 80 low bits of the ULID are a keyed permutation of (16 zero bits, row number): ids do not
/// show how many deliveries there are, look random, need no column and no index, and an id that
/// this store did not make is recognised. It is no protection of its own: every lookup still
/// asks for the tenant.
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
    static constexpr int rounds = 6;
    [[nodiscard]] std::uint64_t mix(std::uint64_t half, int round) const noexcept;

    std::uint64_t keys_[rounds];
};

}  // namespace katydid::store::sqlite
