// A target, a receiver and load, tied together for one scenario.
#pragma once

#include "bench/scenario/phase.hpp"
#include "bench/sink/sink.hpp"
#include "bench/target/target.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace katydid::bench {

enum class Size { smoke, quick, full };

/// What a run of the bench was asked for.
struct Settings {
    Size size = Size::quick;
    std::string hub;  ///< program of {{hub}}
    std::string target_file;
    std::string floor_directory;  ///< where floor-beast and the others are
    std::string work_directory;   ///< data and logs of the targets
    std::string postgres;         ///< URL, for postgres-cluster
    Variables variables;          ///< from --set NAME=VALUE
    bool presign = false;
    bool progress = true;
    std::optional<nanoseconds> settle_max;  ///< how long to wait for the last deliveries
    double rate_scale = 1;                  ///< slower machines and sanitizers
};

/// The value for the size asked for.
template <class T>
T by_size(const Settings& settings, T smoke, T quick, T full)
{
    return settings.size == Size::smoke ? smoke : settings.size == Size::quick ? quick : full;
}

struct PhaseOptions {
    std::string name;
    LoadOptions load;
    std::string door = "default";
    Variables more;                   ///< for the door, before the target's own variables
    const Target* through = nullptr;  ///< post to this one rather than to the session's own
    std::vector<Sample> mix;          ///< empty: the ATLVS mix, padded to data_bytes
    std::size_t data_bytes = 1024;
    Ledger::Owes owes;
    nanoseconds settle = 30s;  ///< how long to wait for the last deliveries
    /// Runs beside the load, from its begin; the phase ends after both.
    std::function<awaitable<>(Ledger&)> beside;
    /// Runs once the load has ended, before the wait for the last deliveries.
    std::function<awaitable<>(Ledger&)> after_load;
};

/// Thread safety: none; lives on one loop.
class Session {
public:
    /// \param name  of the scenario; its data and logs go below a folder of that name
    Session(asio::io_context& loop, const Settings& settings, const std::string& name);
    /// With another description than the settings' own, e.g. a floor server.
    Session(asio::io_context& loop, const Settings& settings, const std::string& name,
            Description description);

    awaitable<> start();
    /// Adds endpoints, which answer at once, to the receiver and to the target.
    awaitable<> add_endpoints(unsigned count, const EndpointWishes& wishes);
    /// Runs load until its end and until every delivery owed is there, or `settle` is over.
    awaitable<Phase> run(PhaseOptions options);

    [[nodiscard]] Target& target() noexcept { return target_; }
    [[nodiscard]] Sink& sink() noexcept { return sink_; }
    [[nodiscard]] const Settings& settings() const noexcept { return settings_; }
    [[nodiscard]] asio::io_context& loop() noexcept { return loop_; }
    /// What the target said about endpoint e when it was made.
    [[nodiscard]] const Variables& endpoint(unsigned index) const { return endpoints_.at(index); }

    /// Told of every second of every phase: the progress display.
    std::function<void(const std::string& phase, const TimelinePoint&)> on_second;

private:
    awaitable<LoadResult> run_load(Generator& generator, const PhaseOptions& options,
                                   Ledger& ledger);
    awaitable<> settle(const Ledger& ledger, nanoseconds patience);

    asio::io_context& loop_;
    const Settings& settings_;
    Target target_;
    Sink sink_;
    std::vector<Variables> endpoints_;
    std::uint16_t next_run_ = 1;
};

awaitable<> sleep_for(nanoseconds duration);

}  // namespace katydid::bench
