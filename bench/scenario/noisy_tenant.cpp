// One tenant sends as fast as it can; another one sends a little and must not notice.
#include "bench/scenario/scenario.hpp"

namespace katydid::bench {

awaitable<ScenarioResult> run_noisy_tenant(Context& context)
{
    const auto session = context.open("noisy-tenant");
    if (!session->target().can("tenant"))
        co_return ScenarioResult::skip("it has no [call.tenant]: tenants cannot be made");
    co_return ScenarioResult::skip("its tenants cannot be told apart yet");
}

}  // namespace katydid::bench
