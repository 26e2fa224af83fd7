#include "hub/app/transforms.hpp"

#include "handlers/shaping/shaping_handler.hpp"
#include "hub/core/subscription/fixed_subscription.hpp"
#include "hub/observe/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>

namespace katydid {
namespace {

constexpr const char* program_name = "katydid-transform";
constexpr std::chrono::seconds check_timeout{30};

/// Beside the program that runs, or where it is installed.
std::filesystem::path find_program(const config::Settings& settings)
{
    if (!settings.transforms.program.empty()) return settings.transforms.program;
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    const auto beside = self.parent_path() / program_name;
    if (!error && std::filesystem::exists(beside, error)) return beside;
    return std::filesystem::path{KATYDID_INSTALL_BINDIR} / program_name;
}

std::string_view result_of(const transform::Outcome& outcome)
{
    using Kind = transform::Fault::Kind;
    const auto* fault = std::get_if<transform::Fault>(&outcome);
    if (fault == nullptr) return "output";
    switch (fault->kind) {
    case Kind::thrown: return "thrown";
    case Kind::result: return "result";
    case Kind::time: return "time";
    case Kind::memory: return "memory";
    case Kind::crashed: return "crashed";
    }
    return "thrown";
}

double seconds(std::chrono::microseconds time)
{
    return std::chrono::duration<double>(time).count();
}

awaitable<> check_all(transform::Pool& pool, const std::vector<FixedSubscriptionPtr>& subscriptions,
                      std::vector<std::string>& faults)
{
    for (const auto& fixed : subscriptions) {
        const auto& each = fixed->subscription;
        if (each.transform.code.empty()) continue;
        const auto place = "subscriptions, \"" + each.name + "\": its transform ";
        auto program = handlers::shaping::program_of(each.transform);
        const auto checked = co_await pool.check(std::move(program), each.name,
                                                 Deadline::after(check_timeout));
        if (!checked) faults.push_back(place + "cannot be checked: " + checked.error().message);
        else if (*checked) faults.push_back(place + "does not compile: " + describe(**checked));
    }
}

awaitable<> work_and_stop(const std::function<awaitable<>(transform::Pool&)>& work,
                          transform::Pool& pool)
{
    std::exception_ptr failure;
    try {
        auto working = work(pool);
        co_await std::move(working);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await pool.stop();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace

transform::Pool::Options transform_options(const config::Settings& settings)
{
    transform::Pool::Options options;
    options.program = find_program(settings);
    options.workers = settings.transforms.workers;
    return options;
}

transform::Pool::Observer transform_observer(observe::Metrics& metrics)
{
    transform::Pool::Observer observer;
    observer.run = [&metrics](const transform::Pool::Run& run) {
        metrics.transform_ran(result_of(run.outcome), seconds(run.cpu_time), seconds(run.waited));
        const auto* fault = std::get_if<transform::Fault>(&run.outcome);
        // What a person tries (POST /v1/transforms/test) is told to that person.
        const auto name = std::string_view{run.key}.substr(run.key.find(' ') + 1);
        if (fault == nullptr || !SubscriptionId::parse(name)) return;
        log::warn("transform.failed", fault->message,
                  {{"subscription", name}, {"line", fault->line}, {"column", fault->column}});
    };
    observer.worker_lost = [&metrics](const std::string& why) {
        metrics.transform_worker_lost();
        log::warn("transform.worker_lost", why);
    };
    return observer;
}

void tell_transform_workers(observe::Metrics& metrics, std::size_t loop,
                            const transform::Pool::State& state)
{
    metrics.transform_workers(
        loop, {state.workers_ready, state.workers_busy, state.waiting, state.killed});
}

void run_with_worker(const config::Settings& settings,
                     const std::function<awaitable<>(transform::Pool&)>& work)
{
    asio::io_context loop{1};
    auto options = transform_options(settings);
    options.workers = 1;
    transform::Pool pool{loop.get_executor(), std::move(options)};
    std::exception_ptr failure;
    asio::co_spawn(loop, work_and_stop(work, pool),
                   [&failure](const std::exception_ptr& thrown) { failure = thrown; });
    loop.run();
    if (failure) std::rethrow_exception(failure);
}

std::vector<std::string>
find_transform_faults(const config::Settings& settings,
                      const std::vector<FixedSubscriptionPtr>& subscriptions)
{
    std::vector<std::string> faults;
    const bool has_any = std::ranges::any_of(subscriptions, [](const FixedSubscriptionPtr& each) {
        return !each->subscription.transform.code.empty();
    });
    if (!has_any) return faults;
    run_with_worker(settings,
                    [&](transform::Pool& pool) { return check_all(pool, subscriptions, faults); });
    return faults;
}

}  // namespace katydid
