#include "hub/store/sqlite/read/reader.hpp"

#include "hub/core/async/start_thread.hpp"
#include "hub/store/sqlite/file/disk_error.hpp"
#include "hub/store/sqlite/write/write_session.hpp"
#include "hub/store/sqlite/sql/meta.sql.hpp"

namespace katydid::store::sqlite {
namespace {

constexpr std::size_t statements_max = 64;
constexpr std::size_t queries_max = 1'024;

}  // namespace

ReadSession::ReadSession(const SqliteOptions& options)
    : connection{open_reader(options)},
      ids{connection.text(sql::delivery_id_secret)}
{}

Statement& ReadSession::prepare(std::string_view sql)
{
    const auto known = statements_.find(sql);
    if (known != statements_.end()) return known->second;
    return statements_.emplace(sql, connection.prepare(sql)).first->second;
}

void ReadSession::trim()
{
    if (statements_.size() > statements_max) statements_.clear();
}

Reader::Reader(const SqliteOptions& options) : session_{std::make_unique<ReadSession>(options)}
{
    session_->closing = &closing_;
    thread_ = start_thread([this] { run(); });
}

void Reader::enqueue(ReadJob job)
{
    std::unique_lock lock{mutex_};
    if (closing_ || queue_.size() >= queries_max) {
        lock.unlock();
        job->fail(closing_ ? Error{errc::shutting_down, "The store is closing."}
                           : Error{errc::over_limit, "Too many queries wait: try again later."});
        return answer(std::move(job));
    }
    queue_.push_back(std::move(job));
    lock.unlock();
    wake_.notify_one();
}

void Reader::close()
{
    const std::lock_guard only_once{close_mutex_};
    {
        const std::lock_guard lock{mutex_};
        closing_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
    session_.reset();
}

void Reader::run()
{
    while (true) {
        std::unique_lock lock{mutex_};
        wake_.wait(lock, [this] { return closing_ || !queue_.empty(); });
        if (queue_.empty()) return;
        auto job = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        try {
            session_->trim();
            job->execute(*session_);
        } catch (const SqlError& error) {
            job->fail(describe(error));
        } catch (const std::exception& error) {
            job->fail({errc::internal, error.what()});
        }
        answer(std::move(job));
    }
}

void Reader::answer(ReadJob job)
{
    Completions<ReadSession> completions;
    completions.add(std::move(job));
    completions.post();
}

}  // namespace katydid::store::sqlite
