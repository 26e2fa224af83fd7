#include "hub/core/error.hpp"

namespace katydid {
namespace {

class Category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "katydid"; }

    std::string message(int value) const override
    {
        switch (static_cast<errc>(value)) {
        case errc::invalid_argument: return "invalid argument";
        case errc::not_found: return "not found";
        case errc::conflict: return "conflict";
        case errc::refused: return "refused";
        case errc::too_large: return "too large";
        case errc::over_limit: return "over a limit";
        case errc::store_full: return "store full";
        case errc::store_failed: return "store failed";
        case errc::store_unavailable: return "store unavailable";
        case errc::corrupt: return "corrupt";
        case errc::timed_out: return "timed out";
        case errc::connect_failed: return "connect failed";
        case errc::resolve_failed: return "resolve failed";
        case errc::tls_failed: return "tls failed";
        case errc::protocol_error: return "protocol error";
        case errc::connection_closed: return "connection closed";
        case errc::shutting_down: return "shutting down";
        case errc::internal: return "internal error";
        }
        return "unknown error";
    }
};

}  // namespace

const boost::system::error_category& katydid_category() noexcept
{
    static const Category category;
    return category;
}

void throw_exception_from_error(const Error& error, const boost::source_location&)
{
    throw Failure{error};
}

}  // namespace katydid
