#include "hub/transform/pool.hpp"

#include "hub/transform/ending.hpp"
#include "hub/transform/pool_turn.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <utility>

#include <unistd.h>

namespace katydid::transform {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

/// How long a worker may stay silent beyond its program's CPU time: a busy machine, and compiling.
milliseconds silence_max(const Program& program)
{
    return 4 * program.timeout + std::chrono::seconds{3};
}

bool is_fault(const Reply& reply, Fault::Kind kind)
{
    const auto* const fault = std::get_if<Fault>(&reply.outcome);
    return fault != nullptr && fault->kind == kind;
}

/// What is too large for the wire; nothing of it reaches a worker.
std::optional<Fault> refuse(const Request& request)
{
    const auto& [only_check, program, input] = request;
    const auto fault = [](std::string message) {
        return Fault{.kind = Fault::Kind::result, .message = std::move(message)};
    };
    if (program.source.size() > source_bytes_max) return fault("the program is over 64 KiB");
    if (program.timeout > timeout_max) return fault("its timeout is over a second");
    auto bytes = input.payload.size() + input.event.size();
    for (const auto& [name, value] : input.headers) bytes += name.size() + value.size();
    if (bytes > input_bytes_max) return fault("the event is over 8 MiB");
    return std::nullopt;
}

}  // namespace

Pool::Observer::Observer() : run{[](const Run&) {}}, worker_lost{[](const std::string&) {}} {}

Pool::Pool(asio::any_io_executor executor, Options options, Observer observer)
    : executor_{std::move(executor)},
      options_{std::move(options)},
      observer_{std::move(observer)},
      queue_{{.waiting_max = options_.waiting_max,
              .waiting_per_key_max = options_.waiting_per_key_max,
              .running_per_key_max = std::max<std::size_t>(options_.workers, 2) - 1}},
      suspect_waits_{executor_, SteadyTime::max()},
      all_left_{executor_, SteadyTime::max()}
{
    for (std::size_t i = 0; i < options_.workers; ++i)
        workers_.push_back(std::make_unique<Worker>());
    workers_.push_back(std::make_unique<Worker>(Worker{.kind = Kind::suspect}));
}

Pool::~Pool() = default;

void Pool::start()
{
    if (std::exchange(started_, true)) return;
    for (const auto& worker : workers_) {
        enter();
        asio::co_spawn(executor_, keep(*worker), [this](const std::exception_ptr& exception) {
            if (exception) lost("a worker's keeper ended: " + katydid::describe(exception));
            leave();
        });
    }
}

awaitable<> Pool::stop()
{
    stopping_ = true;
    for (const auto& worker : workers_)
        if (worker->process) worker->process->kill();
    for (auto* const wait : waits_) wait->cancel();
    suspect_waits_.cancel();
    while (inside_ > 0) {
        const auto [ignored] = co_await all_left_.async_wait(use_tuple);
        static_cast<void>(ignored);
    }
}

awaitable<result<Outcome>> Pool::run(Program program, Input input, std::string key,
                                     Deadline deadline)
{
    auto reply = co_await run_timed(std::move(program), std::move(input), std::move(key), deadline);
    if (!reply) co_return reply.error();
    co_return std::move(reply->outcome);
}

awaitable<result<Reply>> Pool::run_timed(Program program, Input input, std::string key,
                                         Deadline deadline)
{
    Request request{.only_check = false, .program = std::move(program), .input = std::move(input)};
    return call(std::move(request), std::move(key), deadline);
}

awaitable<result<std::optional<Fault>>> Pool::check(Program program, std::string key,
                                                    Deadline deadline)
{
    Request request{.only_check = true, .program = std::move(program), .input = {}};
    auto reply = co_await call(std::move(request), std::move(key), deadline);
    if (!reply) co_return reply.error();
    if (auto* const fault = std::get_if<Fault>(&reply->outcome)) co_return std::move(*fault);
    co_return std::nullopt;
}

Pool::State Pool::state() const
{
    auto state = totals_;
    state.waiting = queue_.size();
    for (const auto& worker : workers_) {
        state.workers_ready += worker->ready ? 1 : 0;
        state.workers_busy += worker->busy ? 1 : 0;
    }
    return state;
}

awaitable<result<Reply>> Pool::call(Request request, std::string key, Deadline deadline)
{
    if (stopping_) co_return Error{errc::shutting_down, "the hub stops"};
    if (auto fault = refuse(request)) co_return Reply{.outcome = std::move(*fault)};
    if (totals_.started == 0 && ::access(options_.program.c_str(), X_OK) != 0)
        co_return Error{errc::not_found,
                        "this hub runs no transforms: it has no program "
                            + options_.program.string()
                            + ". Install katydid-transform, or name it in transforms.program "
                              "(KATYDID_TRANSFORM_PROGRAM)"};
    start();
    Turn turn{*this, key, deadline};
    if (!turn.has_room())
        co_return Error{errc::over_limit, "too many transforms wait for a worker: raise the number "
                                          "of workers, or make the programs faster"};
    hand_out();
    co_await turn.wait();
    if (!turn.has_worker()) {
        if (stopping_) co_return Error{errc::shutting_down, "the hub stops"};
        co_return no_worker();
    }
    auto reply = co_await exchange(turn, request, deadline);
    if (!reply) co_return reply.error();
    observer_.run({.key = key,
                   .outcome = reply->outcome,
                   .cpu_time = reply->duration,
                   .waited = turn.waited()});
    co_return reply;
}

awaitable<result<Reply>> Pool::exchange(Turn& turn, const Request& request, Deadline deadline)
{
    const auto process = turn.process();
    const SteadyTime answer_by = steady_clock::now() + silence_max(request.program);
    // The silence of a suspect says nothing: the machine may have had no time for it.
    const bool has_deadline = turn.is_suspect() || deadline.at <= answer_by;
    Watchdog watchdog{executor_, process, has_deadline ? deadline.at : answer_by};
    const auto bytes = frame(encode(request));
    const bool written = co_await process->write(bytes);
    static_cast<void>(written);  // one that has ended has said why, or its exit code does
    const auto answer = co_await process->read_frame(reply_bytes_max);
    watchdog.stop();
    if (answer) {
        if (auto reply = decode_reply(*answer)) {
            // What took all memory may still hold it: the next program is not to feel that.
            const bool in_time = !is_fault(*reply, Fault::Kind::time);
            if (!is_fault(*reply, Fault::Kind::memory)) turn.done(reply->duration, in_time);
            co_return std::move(*reply);
        }
    }
    process->kill();
    const auto ending = co_await process->wait();
    if (stopping_) co_return Error{errc::shutting_down, "the hub stops"};
    if (answer) co_return Reply{.outcome = nonsense_fault()};
    if (!watchdog.has_killed()) {
        auto outcome = explain(ending, request.program);
        if (!outcome) co_return outcome.error();
        co_return Reply{.outcome = std::move(*outcome)};
    }
    ++totals_.killed;
    if (has_deadline)
        co_return Error{errc::timed_out, "the transform was still running at its deadline"};
    co_return Reply{.outcome = time_fault(request.program)};
}

void Pool::hand_out()
{
    for (const auto& worker : workers_) {
        if (!worker->ready || worker->busy || worker->process->is_killed()) continue;
        if (worker->kind == Kind::suspect && suspects_rest_) continue;
        const auto turn = queue_.pop(worker->kind);
        if (turn) (*turn)->take(*worker);
    }
    if (queue_.has(Kind::suspect) && !suspects_rest_) suspect_waits_.cancel();
}

void Pool::let_rest(microseconds time)
{
    if (stopping_ || time < std::chrono::milliseconds{1}) return;
    suspects_rest_ = true;
    enter();
    asio::co_spawn(executor_, rest(time), [this](const std::exception_ptr& exception) {
        if (exception) lost("a rest ended: " + katydid::describe(exception));
        leave();
    });
}

awaitable<> Pool::rest(microseconds time)
{
    Wait wait{*this, steady_clock::now() + time};
    co_await wait.over();
    suspects_rest_ = false;
    hand_out();
}

/// That of the suspects ends when there was none for a while.
void Pool::watch_idle(Worker& worker)
{
    if (worker.kind != Kind::suspect || worker.busy || !worker.ready) return;
    const auto end = steady_clock::now() + options_.suspects_idle_max;
    worker.idle = std::make_unique<Watchdog>(executor_, worker.process, end);
}

void Pool::retire_if_used(Worker& worker)
{
    if (worker.calls < options_.calls_max && worker.cpu_time < options_.cpu_time_max) return;
    ++totals_.recycled;
    worker.ready = false;
    worker.process->kill();
}

awaitable<> Pool::keep(Worker& worker)
{
    while (!stopping_) {
        co_await until_needed(worker);
        const bool started = co_await start_one(worker);
        if (!started) {
            co_await pause();
            continue;
        }
        hand_out();
        watch_idle(worker);
        const auto process = worker.process;
        const auto ending = co_await process->wait();
        worker.idle.reset();
        if (is_unexpected(ending)) lost("a worker ended: " + describe(ending));
        worker.ready = false;
        if (worker.calls == 0) co_await pause();  // not by anything that it was asked to do
    }
}

/// That of the suspects starts when there is one.
awaitable<> Pool::until_needed(const Worker& worker)
{
    while (worker.kind == Kind::suspect && (suspects_rest_ || !queue_.has(Kind::suspect))
           && !stopping_) {
        const auto [ignored] = co_await suspect_waits_.async_wait(use_tuple);
        static_cast<void>(ignored);
    }
}

awaitable<> Pool::pause()
{
    if (stopping_) co_return;
    Wait wait{*this, steady_clock::now() + options_.start_pause};
    co_await wait.over();
}

awaitable<bool> Pool::start_one(Worker& worker)
{
    if (stopping_) co_return false;
    const bool is_suspect = worker.kind == Kind::suspect;
    const auto priority = is_suspect ? options_.suspects_priority : Process::Priority::normal;
    auto process = Process::start(executor_, options_.program, priority);
    if (!process) {
        start_fault_ = process.error().message;
        lost(start_fault_);
        co_return false;
    }
    worker = Worker{.kind = worker.kind, .process = *process, .busy = worker.busy};
    const auto patience = is_suspect ? 10 : 1;
    const auto start_by = steady_clock::now() + patience * options_.start_timeout;
    Watchdog watchdog{executor_, *process, start_by};
    const auto said = co_await (*process)->read_frame(greeting.size());
    watchdog.stop();
    worker.ready = said == greeting && !stopping_;
    if (worker.ready) {
        start_fault_.clear();
        ++totals_.started;
        co_return true;
    }
    (*process)->kill();
    const auto ending = co_await (*process)->wait();
    start_fault_ = "a worker does not start: ";
    start_fault_ += said && said != greeting ? options_.program.string()
                                                   + " is not of this hub's version. Install both "
                                                     "anew, and start the hub again"
                                             : describe(ending);
    lost(start_fault_);
    co_return false;
}

Error Pool::no_worker() const
{
    if (start_fault_.empty()) return {errc::timed_out, "no worker for transforms was free in time"};
    return {errc::timed_out, start_fault_};
}

void Pool::lost(const std::string& why)
{
    if (!stopping_) observer_.worker_lost(why);
}

void Pool::leave()
{
    if (--inside_ == 0) all_left_.cancel();
}

}  // namespace katydid::transform
