#include "hub/store/postgres/wire/sql_error.hpp"

namespace katydid::store::postgres {
namespace {

/// libpq writes its hints below its sentence, with a tab.
std::string one_line(const std::string& text)
{
    std::string line;
    for (const char c : text) {
        const bool is_blank = c == '\n' || c == '\t' || c == ' ';
        if (!is_blank) line += c;
        else if (!line.empty() && !line.ends_with(' ')) line += ' ';
    }
    while (line.ends_with(' ')) line.pop_back();
    return line;
}

}  // namespace

SqlError::SqlError(std::string state, const std::string& message)
    : std::runtime_error{one_line(message)},
      state_{std::move(state)}
{}

// SQLSTATE codes: PostgreSQL 15 manual, appendix A.
Trouble classify(const SqlError& error) noexcept
{
    const std::string_view state{error.state()};
    if (state.empty()) return Trouble::lost;
    if (state.starts_with("08") || state.starts_with("57P")) return Trouble::lost;
    // A server that was demoted answers "read only": look for the one that takes writes.
    if (state == "25006" || state == "53300") return Trouble::lost;
    if (state == "53100") return Trouble::full;
    if (state == "40001" || state == "40P01" || state == "55P03") return Trouble::retry;
    if (state == tenant_moves_state || state == tenant_moved_state) return Trouble::moves;
    return Trouble::none;
}

Error describe(const SqlError& error)
{
    switch (classify(error)) {
    case Trouble::lost:
        return {errc::store_unavailable, "The database cannot be reached now: try later."};
    case Trouble::full:
        return {errc::store_full, "The database's disk is full: nothing was written."};
    case Trouble::retry:
        return {errc::store_unavailable,
                std::string{"The database was too busy for this: "} + error.what()};
    case Trouble::moves:
        return {errc::store_unavailable,
                "This tenant is being moved to another shard: try again in a moment."};
    case Trouble::none: break;
    }
    return {errc::internal, std::string{"The store could not carry this out: "} + error.what()};
}

std::string explain(const SqlError& error)
{
    if (classify(error) != Trouble::lost) return describe(error).message;
    return std::string{"The database cannot be reached now: "} + error.what();
}

Error cannot_use(const SqlError& error)
{
    if (error.state() == invalid_schema_name)
        return {errc::store_unavailable,
                "The schema that the store's settings name does not exist in the database: make it "
                "(CREATE SCHEMA …) as a user who may."};
    return {errc::store_unavailable,
            std::string{"The database cannot be used: "} + error.what()
                + ". Check KATYDID_STORE, the server and the user's rights."};
}

}  // namespace katydid::store::postgres
