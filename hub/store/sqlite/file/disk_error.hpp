// What a failed statement says about the disk.
#pragma once

#include "hub/core/error.hpp"
#include "hub/store/sqlite/file/connection.hpp"

namespace katydid::store::sqlite {

enum class DiskError : std::uint8_t {
    none,    ///< the statement's own fault
    busy,    ///< another program holds the file: try later
    full,    ///< rolled back; goes on when there is room
    failed,  ///< the file cannot be trusted any more
};

[[nodiscard]] DiskError classify(const SqlError& error) noexcept;

/// What the waiting caller is told.
[[nodiscard]] Error describe(const SqlError& error);

/// What a hub is told that cannot start with this file.
[[nodiscard]] Error cannot_open(const SqlError& error);

}  // namespace katydid::store::sqlite
