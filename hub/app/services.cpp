#include "hub/app/services.hpp"

#include "hub/app/build.hpp"
#include "hub/observe/log.hpp"

namespace katydid {
namespace {

bridge::Bridge::Parts bridge_parts(Resources& resources, LoopContext& loop, StateOf state_of)
{
    return {loop.executor(),
            resources.clock,
            *resources.store,
            loop.tables,
            loop.intake,
            loop.ids,
            resources.privacy,
            resources.egress,
            client_options(resources.settings, resources.client_tls),
            std::move(state_of)};
}

}  // namespace

Services::Services(Resources& resources, LoopContext& first, StateOf ask)
    : state_of{std::move(ask)},
      limits{first.executor(), *resources.store, limits_of(resources.settings)},
      replay_jobs{first.executor(), *resources.store, resources.clock, random_seed(), {}},
      bridge{bridge_parts(resources, first, state_of), bridge_options(resources.settings)},
      retention{{*resources.store, first.tables, resources.clock, resources.metrics,
                 resources.settings.retention}}
{}

void Services::start(const asio::any_io_executor& executor)
{
    bridge.start();
    asio::co_spawn(executor, retention.run(), log::on_failure("retention.failed"));
}

void Services::stop()
{
    retention.stop();
    replay_jobs.stop();
    bridge.stop();
}

}  // namespace katydid
