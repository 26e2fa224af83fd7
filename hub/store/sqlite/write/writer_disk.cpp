// The writer's dealings with the disk: checkpoints, a full disk, an I/O error.
#include "hub/store/sqlite/file/disk_error.hpp"
#include "hub/store/sqlite/write/writer.hpp"
#include "hub/store/sqlite/sql/meta.sql.hpp"

namespace katydid::store::sqlite {
namespace {

constexpr milliseconds retry_wait_max{10'000};

}  // namespace

void Writer::checkpoint_when_due()
{
    if (health_ != Health::failed) judge(session_->checkpointer.step_when_due());
}

void Writer::judge(int code)
{
    if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY) return;
    try {
        throw_sql_error(session_->connection.handle(), code);
    } catch (const SqlError& error) {
        meet_disk_error(error);
    }
}

void Writer::meet_disk_error(const SqlError& error)
{
    switch (classify(error)) {
    case DiskError::none:
    case DiskError::busy: return;
    case DiskError::full:
        retry_wait_ = options_.probe_interval;
        set_health(Health::full, "The disk is full. Free some space: the hub goes on by itself.");
        return;
    case DiskError::failed:
        set_health(Health::failed, std::string{"Writing to the store failed ("} + error.what()
                                       + "). Nothing acknowledged is lost; check the disk, then"
                                         " start the hub again.");
        return;
    }
}

void Writer::set_health(Health health, const std::string& why)
{
    // A failed store never recovers: an fsync that is repeated may succeed falsely.
    if (health_ == Health::failed || health_.exchange(health) == health) return;
    warn(why);
    if (auto* listener = listener_.load()) listener->on_health(health, why);
}

void Writer::try_write()
{
    constexpr const char* grow = sql::grow_probe;
    constexpr const char* shrink = sql::shrink_probe;
    try {
        for (const char* sql : {grow, shrink}) {
            session_->begin();
            session_->connection.run(sql);
            session_->commit();
        }
        const int code = session_->checkpointer.whole();
        if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY)
            throw_sql_error(session_->connection.handle(), code);
        set_health(Health::ok, "There is room on the disk again.");
    } catch (const SqlError& error) {
        session_->rollback();
        if (classify(error) == DiskError::failed) meet_disk_error(error);
        retry_wait_ = std::min(retry_wait_ * 3 / 2,
                               std::max(retry_wait_max, options_.probe_interval));
    }
}

void Writer::shut_down()
{
    if (health_ != Health::failed) session_->checkpointer.empty_log();
    session_.reset();
}

}  // namespace katydid::store::sqlite
