#include "hub/store/postgres/write/store_thread.hpp"

#include "hub/core/async/start_thread.hpp"
#include "hub/store/postgres/wire/schema.hpp"
#include "hub/store/postgres/sql/session.sql.hpp"

#include <future>

namespace katydid::store::postgres {
namespace {

constexpr unsigned readers = 2;  ///< connections for queries
constexpr milliseconds connect_timeout{5'000};
constexpr milliseconds answer_timeout{20'000};  ///< for one exchange with the database

}  // namespace

StoreThread::StoreThread(PostgresOptions options)
    : options_{std::move(options)},
      state{options_},
      health_state{state.listener},
      writer{loop_, state, health_state, target(answer_timeout, true)},
      cluster_{loop_.get_executor(), state, health_state, target(options_.lease, true)},
      maintenance_{loop_, side_bounds(), state, target(answer_timeout, false)}
{
    for (unsigned i = 0; i < readers; ++i)
        readers_.push_back(
            std::make_unique<Reader>(loop_, side_bounds(), target(answer_timeout, false)));
    std::exception_ptr failure;
    asio::co_spawn(loop_, open(), [&](std::exception_ptr thrown) { failure = thrown; });
    loop_.run();
    loop_.restart();
    if (failure) std::rethrow_exception(failure);
    cluster_.on_lost = [this] { writer.check(); };
    writer.on_reopened = [this] { cluster_.sweep_soon(); };
    // Where no thread can be started, nothing is on the loop yet that outlives its part.
    std::promise<void> all_spawned;
    thread_ = start_thread([this, ready = all_spawned.get_future()] {
        ready.wait();
        loop_.run();
    });
    spawn(writer.run(), true);
    spawn(maintenance_.run(), true);
    for (auto& reader : readers_) spawn(reader->run(), true);
    spawn(cluster_.run(), false);
    all_spawned.set_value();
}

Target StoreThread::target(milliseconds answer_limit, bool prepare) const
{
    return {options_.url, connect_timeout, answer_limit, prepare};
}

QueueBounds StoreThread::side_bounds() const
{
    return {options_.queue_count_max, 1, queue_bytes_max};
}

awaitable<void> StoreThread::open()
{
    auto& connection = writer.link.connection;
    co_await connection.open();
    co_await migrate(connection);
    const auto schema = co_await connection.ask(sql::current_schema);
    // Hubs of one schema hear each other, those of another do not.
    state.channel = "katydid." + schema.text(0, 0);
    state.missed_notifications = Notifications{state.channel};
    co_await cluster_.join();
}

void StoreThread::spawn(awaitable<void> part, bool is_caller)
{
    if (is_caller) ++callers_running_;
    asio::co_spawn(loop_, std::move(part), [this, is_caller](std::exception_ptr failure) {
        part_ended(failure, is_caller);
    });
}

void StoreThread::part_ended(const std::exception_ptr& failure, bool is_caller)
{
    if (failure) {
        const auto why = "The store's thread failed, which is a bug: " + katydid::describe(failure);
        state.warn(why);
        if (auto* listener = state.listener.load()) listener->on_health(Health::failed, why);
    }
    if (is_caller && --callers_running_ == 0) cluster_.stop();
}

void StoreThread::push_query(Call call)
{
    auto& reader = *readers_[next_reader_++ % readers_.size()];
    reader.queue.push(std::move(call), std::nullopt);
}

void StoreThread::set_listener(Listener* listener)
{
    state.listener = listener;
    // The new listener knows of no other hubs yet.
    asio::post(loop_, [this] { state.announce_hubs(); });
}

void StoreThread::close()
{
    const std::lock_guard only_once{close_mutex_};
    if (!thread_.joinable()) return;
    for (auto& reader : readers_) reader->queue.close();
    maintenance_.queue.close();
    writer.close();
    thread_.join();
}

}  // namespace katydid::store::postgres
