// What the database answered when it did not do what it was asked.
#pragma once

#include "hub/core/error.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

namespace katydid::store::postgres {

/// Thrown by Connection. An empty SQLSTATE means that the connection itself is lost.
class SqlError : public std::runtime_error {
public:
    /// The message becomes one line.
    SqlError(std::string state, const std::string& message);
    [[nodiscard]] const std::string& state() const noexcept { return state_; }

private:
    std::string state_;
};

constexpr const char* invalid_schema_name = "3F000";
/// What the triggers of a move raise (move/move_text.hpp).
constexpr const char* tenant_moves_state = "KD001";  ///< in a moment it is here or there
constexpr const char* tenant_moved_state = "KD002";  ///< it lives in another shard now

enum class Trouble : std::uint8_t {
    lost,   ///< no usable connection: reconnect; what was under way is in doubt
    full,   ///< the database's disk is full: nothing was written
    retry,  ///< a deadlock or the like: the same again will do
    moves,  ///< only this call: its tenant moves to another shard, or has moved
    none,   ///< only this call is bad
};

[[nodiscard]] Trouble classify(const SqlError& error) noexcept;
/// What the caller is told: not where the database is, which only its operators should know.
[[nodiscard]] Error describe(const SqlError& error);
/// What the operator is told.
[[nodiscard]] std::string explain(const SqlError& error);
/// What a hub says that cannot start with this database.
[[nodiscard]] Error cannot_use(const SqlError& error);

}  // namespace katydid::store::postgres
