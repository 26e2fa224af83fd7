#include "hub/store/sqlite/file/sqlite_files.hpp"

#include "hub/store/sqlite/file/disk_error.hpp"
#include "hub/store/sqlite/file/file_lock.hpp"
#include "hub/store/sqlite/read/queries.hpp"
#include "hub/store/sqlite/rows/rows.hpp"
#include "hub/store/sqlite/rows/schema.hpp"
#include "hub/store/sqlite/write/write_session.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace katydid::store {
namespace {

using namespace sqlite;
namespace fs = std::filesystem;

constexpr const char* log_suffixes[] = {"-wal", "-shm"};

Error no_store(const std::string& path)
{
    return {errc::not_found,
            "There is no store at " + path + ". Name it with --store sqlite:PATH."};
}

/// Throws Failure with the reason when a hub must not open the file.
void check_backup(Connection& backup, const std::string& path)
{
    if (backup.integer("PRAGMA application_id") != application_id)
        throw Failure{Error{errc::invalid_argument, "The file " + path + " is no katydid store."}};
    const auto version = backup.integer("PRAGMA user_version");
    if (version > schema_version())
        throw Failure{Error{errc::invalid_argument,
                            "The backup " + path + " was made by a newer katydid (schema "
                                + std::to_string(version) + ", this program knows "
                                + std::to_string(schema_version()) + "). Use that program."}};
    if (const auto why = why_unsupported(path, version); !why.empty())
        throw Failure{Error{errc::invalid_argument, why}};
    if (const auto found = backup.text("PRAGMA integrity_check(1)"); found != "ok")
        throw Failure{Error{errc::store_failed, "The backup " + path + " is damaged (" + found
                                                    + "). Take an older one."}};
}

/// Moves the store and its log aside: an old log beside a new file would be read as its own.
/// Returns the new name, empty when there was nothing.
std::string move_aside(const std::string& path, Timestamp now)
{
    const auto aside = path + ".before-restore-" + std::to_string(to_integer(now));
    const bool was_there = fs::exists(path) && fs::file_size(path) > 0;
    if (was_there) fs::rename(path, aside);
    for (const auto* suffix : log_suffixes)
        if (fs::exists(path + suffix)) fs::rename(path + suffix, aside + suffix);
    return was_there ? aside : std::string{};
}

std::string restore_locked(const std::string& from, const std::string& path, Timestamp now,
                           const BackupProgress& progress)
{
    const auto draft = path + ".restored";
    fs::remove(draft);
    SqliteOptions options;
    options.path = from;
    {
        auto backup = open_reader(options);
        check_backup(backup, from);
    }
    {
        ReadSession session{options};
        auto copied = copy_to(session, draft, progress);
        copied.value();
    }
    auto aside = move_aside(path, now);
    fs::rename(draft, path);
    return aside;
}

/// What went wrong as an error with a sentence.
template <class T, class Action>
result<T> guarded(Action action)
{
    try {
        return action();
    } catch (const SqlError& error) {
        return describe(error);
    } catch (const Failure& failure) {
        return failure.error();
    } catch (const fs::filesystem_error& error) {
        return Error{errc::invalid_argument, error.what()};
    }
}

}  // namespace

result<void> backup_sqlite(const std::string& path, const std::string& to,
                           const BackupProgress& progress)
{
    if (!fs::exists(path)) return no_store(path);
    SqliteOptions options;
    options.path = path;
    return guarded<void>([&] {
        ReadSession session{options};
        return copy_to(session, to, progress);
    });
}

result<std::string> restore_sqlite(const std::string& from, const std::string& path, Timestamp now,
                                   const BackupProgress& progress)
{
    if (!fs::exists(from))
        return Error{errc::not_found, "There is no backup " + from + ". Check the name."};
    return guarded<std::string>([&] {
        const FileLock lock{path};
        return restore_locked(from, path, now, progress);
    });
}

}  // namespace katydid::store
