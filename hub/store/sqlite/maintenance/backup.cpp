#include "hub/store/sqlite/file/disk_error.hpp"
#include "hub/store/sqlite/read/queries.hpp"
#include "hub/store/sqlite/sql/meta.sql.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

namespace katydid::store::sqlite {
namespace {

constexpr int pages_per_step = 1'024;

/// The unfinished copy: it goes away unless it was finished.
class Draft {
public:
    explicit Draft(std::string path) : path_{std::move(path)} {}
    ~Draft()
    {
        if (!kept_) std::remove(path_.c_str());
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// Makes it durable under its final name; false with errno set.
    bool keep_as(const std::string& final_path)
    {
        kept_ = sync(path_) && std::rename(path_.c_str(), final_path.c_str()) == 0;
        const auto directory = std::filesystem::path{final_path}.parent_path().string();
        return kept_ && sync(directory.empty() ? "." : directory);
    }

private:
    static bool sync(const std::string& path)
    {
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0) return false;
        const bool done = ::fsync(descriptor) == 0;
        ::close(descriptor);
        return done;
    }

    std::string path_;
    bool kept_ = false;
};

/// Keeps one state of the source visible for the whole copy, whatever is committed meanwhile.
class Snapshot {
public:
    explicit Snapshot(Connection& connection) : connection_{connection}
    {
        connection_.run("BEGIN");
        connection_.integer(sql::count_meta);
    }
    ~Snapshot() { sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr); }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

private:
    Connection& connection_;
};

result<void> copy_pages(ReadSession& session, Connection& target, const BackupProgress& progress)
{
    const Snapshot snapshot{session.connection};
    auto* backup = sqlite3_backup_init(target.handle(), "main", session.connection.handle(),
                                       "main");
    if (backup == nullptr) throw_sql_error(target.handle(), sqlite3_errcode(target.handle()));
    int code = SQLITE_OK;
    bool stopped = false;
    while (code == SQLITE_OK && !stopped) {
        code = sqlite3_backup_step(backup, pages_per_step);
        const auto total = static_cast<std::uint64_t>(sqlite3_backup_pagecount(backup));
        const auto left = static_cast<std::uint64_t>(sqlite3_backup_remaining(backup));
        if (progress) progress(total - left, total);
        stopped = session.closing != nullptr && session.closing->load();
    }
    sqlite3_backup_finish(backup);
    if (code == SQLITE_DONE) return {};
    if (stopped)
        return Error{errc::shutting_down, "The store is closing: the backup was not made."};
    throw_sql_error(target.handle(), code);
}

}  // namespace

result<void> copy_to(ReadSession& session, const std::string& path, const BackupProgress& progress)
{
    if (std::filesystem::exists(path))
        return Error{errc::conflict, "The file " + path + " exists already. Choose another name."};
    Draft draft{path + ".part"};
    std::remove(draft.path().c_str());
    const int descriptor = ::open(draft.path().c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC,
                                  0600);
    if (descriptor < 0)
        return Error{errc::invalid_argument,
                     "The backup " + path + " cannot be written: " + std::strerror(errno) + "."};
    ::close(descriptor);
    {
        Connection target{draft.path(), SQLITE_OPEN_READWRITE, {}};
        target.run("PRAGMA synchronous = OFF");  // synced once, at the end
        auto copied = copy_pages(session, target, progress);
        if (!copied) return copied;
    }
    if (!draft.keep_as(path))
        return Error{errc::invalid_argument,
                     "The backup " + path + " cannot be finished: " + std::strerror(errno) + "."};
    return {};
}

}  // namespace katydid::store::sqlite
