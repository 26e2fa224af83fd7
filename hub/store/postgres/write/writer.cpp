#include "hub/store/postgres/write/writer.hpp"

#include "hub/store/postgres/wire/sql_error.hpp"
#include "hub/store/postgres/sql/session.sql.hpp"

namespace katydid::store::postgres {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr milliseconds idle_wait{30'000};
constexpr milliseconds retry_wait{1'000};

}  // namespace

Writer::Writer(asio::io_context& loop, WriterState& state, HealthState& health_state, Target target)
    : link{loop.get_executor(), std::move(target)},
      loop_{loop},
      state_{state},
      health_state_{health_state},
      queue_{loop, {state.options.queue_count_max, commit_batch_max, commit_bytes_max}},
      batch_writer_{state},
      transactions_{state},
      claimer_{state}
{}

std::optional<Error> Writer::refusal(const Call& call) const
{
    if (call.as<ReleaseOrder>() != nullptr) return std::nullopt;  // needs no database
    const auto phase = call.job->phase;
    const auto health = health_state_.health();
    if (health == Health::unavailable)
        return Error{errc::store_unavailable, "The database cannot be reached now: try later."};
    if (health == Health::full && (phase == Phase::write || phase == Phase::settle))
        return Error{errc::store_full, "The database's disk is full: nothing was written."};
    return std::nullopt;
}

void Writer::enqueue(Call call)
{
    const auto refused = refusal(call);
    queue_.push(std::move(call), refused);
}

void Writer::close()
{
    queue_.close();
    asio::post(loop_, [this] { link.stop(); });
}

void Writer::check() noexcept
{
    to_check_ = true;
    queue_.wake();
}

awaitable<void> Writer::run()
{
    while (true) {
        std::optional<SqlError> failed;
        try {
            co_await step();
        } catch (const SqlError& error) {
            failed = error;
        }
        if (failed) meet(*failed);
        if (!queue_.is_closed()) continue;
        auto rest = queue_.take();
        if (rest.empty()) break;
        if (link.connection.is_open()) co_await process(std::move(rest));
        else refuse(rest, {errc::shutting_down, "The store is closing."});
    }
    link.connection.close();
}

awaitable<void> Writer::step()
{
    auto& connection = link.connection;
    if (!connection.is_open()) {
        for (auto calls = queue_.take(); !calls.empty(); calls = queue_.take())
            refuse(calls, {errc::store_unavailable, "The database cannot be reached now."});
        const bool opened = co_await link.open();
        if (!opened) co_return;
        health_state_.set_writer(true, "The database answers again.");
        if (on_reopened) on_reopened();
    }
    if (std::exchange(to_check_, false)) {
        co_await connection.ask(sql::ping);
        health_state_.set_writer(true, "The database answers again.");
    }
    auto calls = queue_.take();
    if (!calls.empty()) {
        co_await process(std::move(calls));
        co_return;
    }
    const bool is_full = health_state_.health() == Health::full;
    if (!queue_.is_closed()) co_await queue_.wait(is_full ? retry_wait : idle_wait);
    if (is_full) co_await try_write();
}

Writer::Sorted Writer::sort(Calls calls)
{
    Sorted sorted;
    for (auto& call : calls) {
        if (call.as<AppendOrder>() || call.as<AppendAllOrder>() || call.as<SettleOrder>())
            sorted.batch.push_back(std::move(call));
        else if (call.as<Task>()) sorted.tasks.push_back(std::move(call));
        else sorted.others.push_back(std::move(call));
    }
    return sorted;
}

awaitable<void> Writer::process(Calls calls)
{
    auto sorted = sort(std::move(calls));
    std::optional<SqlError> failed;
    try {
        co_await carry_out(sorted);
    } catch (const SqlError& error) {
        failed = error;
    }
    if (!failed) co_return;
    meet(*failed);
    for (const auto* left : {&sorted.batch, &sorted.tasks, &sorted.others})
        refuse(*left, describe(*failed));
}

/// Answers calls that cannot be carried out; what needs no database is done all the same.
void Writer::refuse(const Calls& calls, const Error& error)
{
    Completions<Done> completions;
    for (const auto& call : calls) {
        if (const auto* release = call.as<ReleaseOrder>()) {
            claimer_.release(release->tenant, release->deliveries);
            succeed(call, completions);
        } else {
            fail(call, error, completions);
        }
    }
    completions.post();
}

awaitable<void> Writer::carry_out(Sorted& sorted)
{
    const TransactionRunner::Attempt write = [this](const Calls& calls) {
        return write_batch(calls);
    };
    Completions<Done> completions;
    std::optional<SqlError> failed;
    try {
        co_await transactions_.run(link.connection, sorted.batch, write, completions);
        completions.post();
        co_await transactions_.run_tasks(link.connection, sorted.tasks, completions);
    } catch (const SqlError& error) {
        failed = error;
    }
    completions.post();
    if (failed) throw SqlError{*failed};
    co_await answer_others(sorted.others);
    co_await tell_others();
}

awaitable<void> Writer::write_batch(const Calls& calls)
{
    Batch batch;
    for (const auto& call : calls) {
        if (auto* append = call.as<AppendOrder>()) batch.appends.push_back(append);
        if (auto* all = call.as<AppendAllOrder>())
            for (auto& append : all->appends) batch.appends.push_back(&append);
        if (auto* settle = call.as<SettleOrder>()) batch.settles.push_back(settle);
    }
    const auto start = SteadyClock::now();
    std::exception_ptr failure;
    try {
        co_await batch_writer_.write(link.connection, batch);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        batch_writer_.forget();
        std::rethrow_exception(failure);
    }
    const std::chrono::duration<double> took = SteadyClock::now() - start;
    if (state_.options.on_commit) state_.options.on_commit(took.count(), calls.size());
}

awaitable<void> Writer::answer_others(Calls& calls)
{
    if (calls.empty()) co_return;
    std::vector<ClaimOrder*> claims;
    Completions<Done> completions;
    for (const auto& call : calls)
        if (const auto* release = call.as<ReleaseOrder>())
            claimer_.release(release->tenant, release->deliveries);
    for (const auto& call : calls)
        if (auto* claim = call.as<ClaimOrder>()) claims.push_back(claim);
    co_await claimer_.claim(link.connection, claims);
    for (const auto& call : calls) {
        if (auto* query = call.as<Query>()) co_await query->run(link.connection);
        succeed(call, completions);
    }
    calls.clear();
    completions.post();
    co_await claimer_.fail_corrupt(link.connection);
}

/// Lanes that changed hands while their rows were written: their owner may have looked too early.
awaitable<void> Writer::tell_others()
{
    if (state_.missed_notifications.empty()) co_return;
    state_.missed_notifications.write(link.connection);
    co_await link.connection.run();
    state_.missed_notifications.clear();
}

awaitable<void> Writer::try_write()
{
    co_await link.connection.ask(sql::try_write);
    health_state_.set_disk(true, "The database's disk has room again.");
}

void Writer::meet(const SqlError& error)
{
    const auto sentence = explain(error);
    switch (classify(error)) {
    case Trouble::full: health_state_.set_disk(false, sentence); break;
    case Trouble::lost:
        link.connection.close();
        state_.suspect_lanes();
        health_state_.set_writer(false, sentence);
        break;
    case Trouble::retry:
    case Trouble::moves:
    case Trouble::none: state_.warn(sentence); break;
    }
}

}  // namespace katydid::store::postgres
