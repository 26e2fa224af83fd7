#include "hub/store/sqlite/file/disk_error.hpp"

#include <cerrno>

namespace katydid::store::sqlite {
namespace {

/// Some calls report a full disk as an I/O error. A failed fsync is never taken for that: what
/// the kernel dropped cannot be known.
bool is_full_disk(const SqlError& error) noexcept
{
    const bool no_room = error.errno_seen() == ENOSPC || error.errno_seen() == EDQUOT;
    switch (error.code()) {
    case SQLITE_FULL: return true;
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_SHMSIZE:
    case SQLITE_IOERR_SHMMAP:
    case SQLITE_IOERR_TRUNCATE: return no_room;
    default: return false;
    }
}

}  // namespace

DiskError classify(const SqlError& error) noexcept
{
    if (is_full_disk(error)) return DiskError::full;
    switch (error.primary_code()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return DiskError::busy;
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY: return DiskError::failed;
    default: return DiskError::none;
    }
}

Error describe(const SqlError& error)
{
    switch (classify(error)) {
    case DiskError::full: return {errc::store_full, "The disk is full: nothing was written."};
    case DiskError::busy:
        return {errc::store_unavailable,
                "Another program holds the store's file: try again later."};
    case DiskError::failed:
        if (error.primary_code() == SQLITE_CORRUPT)
            return {errc::corrupt, std::string{"The store's file is damaged: "} + error.what()};
        return {errc::store_failed, std::string{"The store failed: "} + error.what()};
    case DiskError::none: break;
    }
    return {errc::internal, std::string{"The store could not carry this out: "} + error.what()};
}

Error cannot_open(const SqlError& error)
{
    return {errc::store_failed, "The store cannot be opened: " + describe(error).message};
}

}  // namespace katydid::store::sqlite
