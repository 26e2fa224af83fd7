#include "hub/store/sqlite/file/gathered_log.hpp"

#include "hub/core/error.hpp"

#include <sqlite3.h>

#include <cstring>
#include <map>
#include <memory>
#include <mutex>

namespace katydid::store::sqlite {
namespace {

/// Below 128 KiB: SQLite's unixWrite masks a size by 0x1ffff and calls the rest a full disk.
/// Thirty pages with their headers. SQLite's own VFS takes less than 128 KiB at a time.
constexpr std::size_t run_bytes_max = 30 * (4096 + 24);

/// Bytes that follow each other in the file and are not written yet.
struct Run {
    sqlite3_int64 begin = 0;
    std::size_t size = 0;
    std::unique_ptr<char[]> bytes = std::make_unique_for_overwrite<char[]>(run_bytes_max);
};

/// The file SQLite sees; the one of the VFS below comes right after it.
struct LogFile {
    sqlite3_file base;
    Run* run;

    sqlite3_file* real() noexcept { return reinterpret_cast<sqlite3_file*>(this + 1); }
    const sqlite3_io_methods& below() noexcept { return *real()->pMethods; }

    int flush() noexcept
    {
        if (run->size == 0) return SQLITE_OK;
        const auto size = static_cast<int>(std::exchange(run->size, 0));
        return below().xWrite(real(), run->bytes.get(), size, run->begin);
    }
};

LogFile& log_of(sqlite3_file* file) noexcept { return *reinterpret_cast<LogFile*>(file); }

/// Calls `use` on the file below once everything gathered is in it.
template <class Use>
int flushed(sqlite3_file* file, Use use) noexcept
{
    auto& log = log_of(file);
    const int code = log.flush();
    return code == SQLITE_OK ? use(log) : code;
}

int write_log(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) noexcept
{
    auto& log = log_of(file);
    auto& run = *log.run;
    const auto count = static_cast<std::size_t>(size);
    const bool continues = at == run.begin + static_cast<sqlite3_int64>(run.size);
    if (!continues || run.size + count > run_bytes_max)
        if (const int code = log.flush(); code != SQLITE_OK) return code;
    if (count > run_bytes_max) return log.below().xWrite(log.real(), bytes, size, at);
    if (run.size == 0) run.begin = at;
    std::memcpy(run.bytes.get() + run.size, bytes, count);
    run.size += count;
    return SQLITE_OK;
}

int close_log(sqlite3_file* file) noexcept
{
    auto& log = log_of(file);
    const int flush = log.flush();
    const int close = log.below().xClose(log.real());
    delete log.run;
    return flush != SQLITE_OK ? flush : close;
}

int read_log(sqlite3_file* file, void* out, int size, sqlite3_int64 at) noexcept
{
    return flushed(file, [&](auto& log) { return log.below().xRead(log.real(), out, size, at); });
}

int truncate_log(sqlite3_file* file, sqlite3_int64 size) noexcept
{
    return flushed(file, [&](auto& log) { return log.below().xTruncate(log.real(), size); });
}

int sync_log(sqlite3_file* file, int flags) noexcept
{
    return flushed(file, [&](auto& log) { return log.below().xSync(log.real(), flags); });
}

int size_of_log(sqlite3_file* file, sqlite3_int64* size) noexcept
{
    return flushed(file, [&](auto& log) { return log.below().xFileSize(log.real(), size); });
}

int control_log(sqlite3_file* file, int code, void* argument) noexcept
{
    return log_of(file).below().xFileControl(log_of(file).real(), code, argument);
}

int sector_size(sqlite3_file* file) noexcept
{
    return log_of(file).below().xSectorSize(log_of(file).real());
}

int device(sqlite3_file* file) noexcept
{
    return log_of(file).below().xDeviceCharacteristics(log_of(file).real());
}

// A log is never locked: the database's file is, and so is the memory they share.
int lock_nothing(sqlite3_file*, int) noexcept { return SQLITE_OK; }
int is_not_locked(sqlite3_file*, int* out) noexcept { return *out = 0, SQLITE_OK; }

const sqlite3_io_methods methods = [] {
    sqlite3_io_methods made{};
    made.iVersion = 1;
    made.xClose = close_log;
    made.xRead = read_log;
    made.xWrite = write_log;
    made.xTruncate = truncate_log;
    made.xSync = sync_log;
    made.xFileSize = size_of_log;
    made.xLock = lock_nothing;
    made.xUnlock = lock_nothing;
    made.xCheckReservedLock = is_not_locked;
    made.xFileControl = control_log;
    made.xSectorSize = sector_size;
    made.xDeviceCharacteristics = device;
    return made;
}();

struct LogVfs : sqlite3_vfs {
    sqlite3_vfs* below = nullptr;
    std::string name;
};

/// Only a log is wrapped; every other file is the VFS below's own.
int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) noexcept
{
    auto* below = static_cast<LogVfs*>(vfs)->below;
    if ((flags & SQLITE_OPEN_WAL) == 0) return below->xOpen(below, name, file, flags, out);
    auto& log = log_of(file);
    log.base.pMethods = nullptr;
    try {
        log.run = new Run;
    } catch (const std::bad_alloc&) {
        return SQLITE_NOMEM;
    }
    const int code = below->xOpen(below, name, log.real(), flags, out);
    if (log.real()->pMethods != nullptr) log.base.pMethods = &methods;
    else delete log.run;
    return code;
}

}  // namespace

std::string gathered_log_vfs(const std::string& base)
{
    static std::mutex mutex;
    static std::map<std::string, std::unique_ptr<LogVfs>> known;
    const std::lock_guard lock{mutex};
    auto& vfs = known[base];
    if (vfs) return vfs->name;
    auto* below = sqlite3_vfs_find(base.empty() ? nullptr : base.c_str());
    if (below == nullptr)
        throw Failure{Error{errc::invalid_argument, "There is no SQLite VFS named " + base + "."}};
    auto made = std::make_unique<LogVfs>();
    static_cast<sqlite3_vfs&>(*made) = *below;
    made->below = below;
    made->name = "katydid-gathered-log" + (base.empty() ? base : "-over-" + base);
    made->zName = made->name.c_str();
    made->pNext = nullptr;
    made->szOsFile = static_cast<int>(sizeof(LogFile)) + below->szOsFile;
    made->xOpen = open_file;
    sqlite3_vfs_register(made.get(), 0);
    vfs = std::move(made);
    return vfs->name;
}

}  // namespace katydid::store::sqlite
