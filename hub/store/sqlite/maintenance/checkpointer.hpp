// The write-ahead log's way into the file, in steps that hold up no call for long.
#pragma once

#include "hub/store/sqlite/file/connection.hpp"
#include "hub/store/sqlite/sqlite_store.hpp"

namespace katydid::store::sqlite {

/// Copies the log into the file through the connection that writes, and decides when.
///
/// A whole checkpoint ends in an fsync of the file, which costs more than the copying. So most
/// steps are kept from being whole: a snapshot that is held while the writer goes on lets SQLite
/// copy no more than what was there when it was taken, and skip the fsync. What such a step
/// copied is sent to the disk in the background, so that the whole step, which must come before
/// the log can start over, finds little left to do.
///
/// What an error means is not decided here: the calls return SQLite's result code.
/// Thread safety: none; belongs to the writer's thread.
class Checkpointer {
public:
    /// \param file  descriptor of the same file; stays open longer than any connection to it
    Checkpointer(Connection& writer, const SqliteOptions& options, int file);
    ~Checkpointer() { let_go(); }
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// After a commit that left the log with this many pages.
    void on_commit(int log_pages) noexcept { log_pages_ = log_pages; }
    /// The next step, when enough was written since the one before.
    int step_when_due();
    /// Everything that no reader still needs in the log, and an fsync of the file.
    int whole();
    /// The same, but waits for readers; the log is empty after it.
    int empty_log();
    /// Whether a whole step would find something to do.
    [[nodiscard]] bool is_behind() const noexcept { return log_pages_ > whole_pages_; }

private:
    int part();
    int run(int mode);
    void hold_snapshot() noexcept;
    void let_go() noexcept;

    Connection& writer_;
    const SqliteOptions& options_;
    int file_;
    Connection snapshot_;  ///< reads, so that it is seen as a reader; what, does not matter
    int log_pages_ = 0;    ///< in the log after the last commit
    int step_pages_ = 0;   ///< in the log at the last step of any kind
    int whole_pages_ = 0;  ///< in the log at the last whole step
};

}  // namespace katydid::store::sqlite
