#include "bench/scenario/session.hpp"

#include "bench/measure/machine.hpp"

#include <boost/asio/steady_timer.hpp>

#include <openssl/rand.h>

namespace katydid::bench {

namespace {

std::string make_secret()
{
    std::string bytes(32, '\0');
    RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    return "whsec_" + encode_base64(bytes);
}

double microseconds_of(nanoseconds value) { return static_cast<double>(value.count()) / 1000; }

/// Looks at generator, ledger and target once a second, and keeps what it saw.
///
/// Thread safety: none. Its timer's handler does nothing once this object is gone.
class Watch : public std::enable_shared_from_this<Watch> {
public:
    using OnSecond = std::function<void(const TimelinePoint&)>;

    Watch(asio::io_context& loop, Generator& generator, Ledger& ledger, const Target& target,
          OnSecond on_second)
        : timer_{loop},
          generator_{generator},
          ledger_{ledger},
          target_{target},
          on_second_{std::move(on_second)},
          start_{std::chrono::steady_clock::now()},
          last_{start_},
          usage_{target.usage()},
          own_cpu_{own_thread_cpu()}
    {}

    void tick()
    {
        timer_.expires_at(last_ + 1s);
        timer_.async_wait([weak = weak_from_this()](auto error) {
            const auto self = weak.lock();
            if (error || !self) return;
            self->look();
            self->tick();
        });
    }

    void look()
    {
        const auto now = std::chrono::steady_clock::now();
        const auto span = std::chrono::duration<double>(now - last_).count();
        if (span < 0.2) return;  // too short for a rate
        const auto usage = target_.usage();
        const auto own_cpu = own_thread_cpu();
        auto& answers = generator_.second();
        auto& arrivals = ledger_.second();
        TimelinePoint point;
        point.at = std::chrono::duration<double>(now - start_).count();
        point.accepted = static_cast<double>(answers.count()) / span;
        point.delivered = static_cast<double>(arrivals.count()) / span;
        point.p50_us = microseconds_of(answers.percentile(50));
        point.p99_us = microseconds_of(answers.percentile(99));
        point.max_us = microseconds_of(answers.max());
        point.end_to_end_p99_us = microseconds_of(arrivals.percentile(99));
        point.target_cpu = std::max(
            0.0, std::chrono::duration<double>(usage.cpu - usage_.cpu).count() / span);
        point.target_rss_mb = static_cast<double>(usage.rss_bytes) / (1024 * 1024);
        point.own_cpu = std::chrono::duration<double>(own_cpu - own_cpu_).count() / span;
        answers.clear();
        arrivals.clear();
        last_ = now;
        usage_ = usage;
        own_cpu_ = own_cpu;
        points_.push_back(point);
        if (on_second_) on_second_(point);
    }

    [[nodiscard]] std::vector<TimelinePoint> take() { return std::move(points_); }

private:
    asio::steady_timer timer_;
    Generator& generator_;
    Ledger& ledger_;
    const Target& target_;  ///< its pid changes when a scenario restarts it
    OnSecond on_second_;
    SteadyTime start_;
    SteadyTime last_;
    ProcessUsage usage_;
    nanoseconds own_cpu_;
    std::vector<TimelinePoint> points_;
};

}  // namespace

awaitable<> sleep_for(nanoseconds duration)
{
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer{executor, duration};
    co_await timer.async_wait(use_tuple);
}

Session::Session(asio::io_context& loop, const Settings& settings, const std::string& name)
    : Session{loop, settings, name, read_description(settings.target_file)}
{}

Session::Session(asio::io_context& loop, const Settings& settings, const std::string& name,
                 Description description)
    : loop_{loop},
      settings_{settings},
      target_{std::move(description),
              {settings.hub, settings.work_directory + '/' + name, settings.variables}},
      sink_{loop, target_.description().receive}
{}

awaitable<> Session::start() { co_await target_.start(); }

awaitable<> Session::add_endpoints(unsigned count, const EndpointWishes& wishes)
{
    for (unsigned i = 0; i < count; ++i) {
        const auto index = sink_.add_endpoint();
        auto mine = wishes;
        mine.event_types = expand(wishes.event_types, {{"index", std::to_string(index)}});
        auto secret = make_secret();
        Variables variables{{"secret", secret}, {"index", std::to_string(index)}};
        auto extracted = co_await target_.add_endpoint(sink_, index, mine, secret);
        // What the target says goes before what was asked for: some servers make the secret.
        extracted.insert(extracted.end(), variables.begin(), variables.end());
        sink_.set_secret(index, expand(target_.description().receive_secret, extracted));
        endpoints_.push_back(std::move(extracted));
    }
}

awaitable<> Session::settle(const Ledger& ledger, nanoseconds patience)
{
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (ledger.outstanding() > 0 && std::chrono::steady_clock::now() < give_up)
        co_await sleep_for(5ms);
}

awaitable<LoadResult> Session::run_load(Generator& generator, const PhaseOptions& options,
                                        Ledger& ledger)
{
    if (!options.beside) {
        auto alone = co_await generator.run();
        co_return alone;
    }
    std::exception_ptr failure;
    bool ended = false;
    asio::co_spawn(loop_, options.beside(ledger), [&](std::exception_ptr exception) {
        failure = exception;
        ended = true;
    });
    auto load = co_await generator.run();
    while (!ended) {
        co_await sleep_for(5ms);
    }
    if (failure) std::rethrow_exception(failure);
    co_return load;
}

awaitable<Phase> Session::run(PhaseOptions options)
{
    const auto run = next_run_++;
    auto mix = options.mix.empty()
                   ? make_mix("atlvs", {.run = run, .data_bytes = options.data_bytes})
                   : with_run(std::move(options.mix), run);
    const auto& through = options.through != nullptr ? *options.through : target_;
    Requests requests{through.door(options.door, options.more), mix};
    options.load.target = through.address();
    options.load.per_second *= settings_.rate_scale;
    if (settings_.presign) {
        const auto seconds = std::chrono::duration<double>(options.load.duration).count();
        const auto count = std::min(options.load.per_second * seconds, 5e6);
        requests.presign(static_cast<std::uint32_t>(count), std::time(nullptr));
    }
    Ledger ledger{{run, static_cast<unsigned>(sink_.size()), std::move(options.owes), {}}};
    Generator generator{loop_, options.load, requests, &ledger};
    sink_.add(ledger);

    Phase phase;
    phase.name = options.name;
    phase.intended_per_second = options.load.per_second;
    phase.connections = options.load.connections;
    phase.body_bytes = requests.mean_body_bytes();
    phase.receives = sink_.size() > 0;
    phase.usage_before = target_.usage();
    const auto times = machine_times();
    const auto own = own_process_cpu();
    const auto start = std::chrono::steady_clock::now();
    const auto watch = std::make_shared<Watch>(
        loop_, generator, ledger, target_, [this, name = options.name](const TimelinePoint& point) {
            if (on_second) on_second(name, point);
        });
    watch->tick();
    phase.load = co_await run_load(generator, options, ledger);
    if (options.after_load) {
        co_await options.after_load(ledger);
    }
    const auto patience = settings_.settle_max.value_or(options.settle);
    co_await settle(ledger, patience);
    watch->look();
    sink_.remove(ledger);

    phase.wall = std::chrono::steady_clock::now() - start;
    phase.usage_after = target_.usage();
    const auto times_after = machine_times();
    phase.stolen = times_after.stolen - times.stolen;
    const auto ours = own_process_cpu() - own + phase.usage_after.cpu - phase.usage_before.cpu;
    phase.others = std::max(times_after.busy - times.busy - ours, nanoseconds{0});
    phase.timeline = watch->take();
    phase.tally = ledger.tally();
    phase.end_to_end = ledger.end_to_end();
    phase.after_acceptance = ledger.after_acceptance();
    const auto seconds = std::chrono::duration<double>(ledger.last_delivery() - start).count();
    if (seconds > 0)
        phase.delivered_per_second = static_cast<double>(phase.tally.delivered) / seconds;
    co_return phase;
}

}  // namespace katydid::bench
