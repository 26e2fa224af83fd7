#include "hub/store/sqlite/maintenance/checkpointer.hpp"

#include "hub/store/sqlite/write/write_session.hpp"

#include <fcntl.h>

#include <chrono>

namespace katydid::store::sqlite {

Checkpointer::Checkpointer(Connection& writer, const SqliteOptions& options, int file)
    : writer_{writer},
      options_{options},
      file_{file},
      snapshot_{open_reader(options)}
{}

int Checkpointer::step_when_due()
{
    // After the log starts over from its beginning, its count is small again.
    if (log_pages_ < step_pages_) step_pages_ = whole_pages_ = 0;
    if (log_pages_ - step_pages_ < options_.checkpoint_pages) return SQLITE_OK;
    return log_pages_ < options_.log_pages_max ? part() : whole();
}

int Checkpointer::part()
{
    const int code = snapshot_.in_transaction() ? run(SQLITE_CHECKPOINT_PASSIVE) : SQLITE_OK;
    step_pages_ = log_pages_;
    let_go();
    hold_snapshot();
    // Advice to the kernel: what it cannot write now, the whole step's fsync reports.
    if (code == SQLITE_OK) (void)::sync_file_range(file_, 0, 0, SYNC_FILE_RANGE_WRITE);
    return code;
}

int Checkpointer::whole()
{
    let_go();
    step_pages_ = whole_pages_ = log_pages_;
    return run(SQLITE_CHECKPOINT_PASSIVE);
}

int Checkpointer::empty_log()
{
    let_go();
    return run(SQLITE_CHECKPOINT_TRUNCATE);
}

int Checkpointer::run(int mode)
{
    const auto start = std::chrono::steady_clock::now();
    const int code = sqlite3_wal_checkpoint_v2(writer_.handle(), nullptr, mode, nullptr, nullptr);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    if (options_.on_checkpoint) options_.on_checkpoint(took.count());
    return code;
}

void Checkpointer::hold_snapshot() noexcept
{
    // Where it fails, nothing is held and the next step is a whole one.
    sqlite3_exec(snapshot_.handle(), "BEGIN; SELECT count(*) FROM meta", nullptr, nullptr, nullptr);
}

void Checkpointer::let_go() noexcept
{
    if (snapshot_.in_transaction())
        sqlite3_exec(snapshot_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace katydid::store::sqlite
