#include "hub/store/postgres/wire/sql_error.hpp"

namespace katydid::store::postgres {

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
    return Trouble::none;
}

Error describe(const SqlError& error)
{
    switch (classify(error)) {
    case Trouble::lost:
        return {errc::store_unavailable,
                std::string{"The database cannot be reached now: "} + error.what()};
    case Trouble::full:
        return {errc::store_full, "The database's disk is full: nothing was written."};
    case Trouble::retry:
        return {errc::store_unavailable,
                std::string{"The database was too busy for this: "} + error.what()};
    case Trouble::none: break;
    }
    return {errc::internal, std::string{"The store could not carry this out: "} + error.what()};
}

}  // namespace katydid::store::postgres
