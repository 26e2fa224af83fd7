#include "tests/store/sqlite/fault_vfs.hpp"

#include <sqlite3.h>

#include <atomic>
#include <cstring>

namespace katydid::store::test {
namespace {

std::atomic<Fault> fault{Fault::none};
std::atomic<int> left{0};
std::atomic<bool> struck{false};

int strike(int io_error)
{
    const auto kind = fault.load();
    if (kind == Fault::none || --left > 0) return SQLITE_OK;
    struck = true;
    return kind == Fault::full ? SQLITE_FULL : io_error;
}

/// The file SQLite sees; the real one comes right after it.
struct FaultFile {
    sqlite3_file base;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* real_of(sqlite3_file* file) { return reinterpret_cast<FaultFile*>(file)->real(); }

int close_file(sqlite3_file* file) { return real_of(file)->pMethods->xClose(real_of(file)); }
int read_file(sqlite3_file* file, void* out, int size, sqlite3_int64 at)
{
    return real_of(file)->pMethods->xRead(real_of(file), out, size, at);
}
int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at)
{
    if (const int code = strike(SQLITE_IOERR_WRITE); code != SQLITE_OK) return code;
    return real_of(file)->pMethods->xWrite(real_of(file), bytes, size, at);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size)
{
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}
int sync_file(sqlite3_file* file, int flags)
{
    // A sync needs no room, so a full disk does not fail it.
    if (fault != Fault::full)
        if (const int code = strike(SQLITE_IOERR_FSYNC); code != SQLITE_OK) return code;
    return real_of(file)->pMethods->xSync(real_of(file), flags);
}
int file_size(sqlite3_file* file, sqlite3_int64* size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}
int lock_file(sqlite3_file* file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}
int unlock_file(sqlite3_file* file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}
int check_lock(sqlite3_file* file, int* out)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}
int control(sqlite3_file* file, int code, void* argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), code, argument);
}
int sector_size(sqlite3_file* file) { return real_of(file)->pMethods->xSectorSize(real_of(file)); }
int device(sqlite3_file* file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}
int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** out)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, out);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}
void barrier(sqlite3_file* file) { real_of(file)->pMethods->xShmBarrier(real_of(file)); }
int unmap_shared(sqlite3_file* file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

const sqlite3_io_methods methods{2,         close_file,   read_file, write_file,  truncate_file,
                                 sync_file, file_size,    lock_file, unlock_file, check_lock,
                                 control,   sector_size,  device,    map_shared,  lock_shared,
                                 barrier,   unmap_shared, nullptr,   nullptr};

sqlite3_vfs* standard = nullptr;

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out)
{
    file->pMethods = nullptr;
    const int code = standard->xOpen(standard, name, real_of(file), flags, out);
    if (real_of(file)->pMethods != nullptr) file->pMethods = &methods;
    return code;
}

}  // namespace

std::string fault_vfs()
{
    static sqlite3_vfs own = [] {
        standard = sqlite3_vfs_find(nullptr);
        sqlite3_vfs copy = *standard;
        copy.zName = "katydid-fault";
        copy.szOsFile = static_cast<int>(sizeof(FaultFile)) + standard->szOsFile;
        copy.xOpen = open_file;
        return copy;
    }();
    sqlite3_vfs_register(&own, 0);
    return own.zName;
}

void arm(Fault kind, int at)
{
    struck = false;
    left = at;
    fault = kind;
}

void clear_fault() { fault = Fault::none; }

bool has_struck() { return struck; }

}  // namespace katydid::store::test
