// The workers of transforms as the settings have them.
#pragma once

#include "hub/config/settings.hpp"
#include "hub/observe/metrics.hpp"
#include "hub/transform/pool.hpp"

#include <functional>
#include <vector>

namespace katydid {

[[nodiscard]] transform::Pool::Options transform_options(const config::Settings& settings);

/// Counts runs and lost workers, and logs what code does wrong.
[[nodiscard]] transform::Pool::Observer transform_observer(observe::Metrics& metrics);
void tell_transform_workers(observe::Metrics& metrics, std::size_t loop,
                            const transform::Pool::State& state);

/// Runs it with a worker on a loop of its own, to its end; blocks. What it throws is thrown.
void run_with_worker(const config::Settings& settings,
                     const std::function<awaitable<>(transform::Pool&)>& work);

/// What keeps transforms of these subscriptions from running, a sentence each: code that does not
/// compile, a program that is not there. Blocks until workers have looked at them; starts none
/// where no subscription has a transform.
[[nodiscard]] std::vector<std::string>
find_transform_faults(const config::Settings& settings,
                      const std::vector<FixedSubscriptionPtr>& subscriptions);

}  // namespace katydid
