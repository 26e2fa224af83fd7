// Two servers on one PostgreSQL: together they deliver everything.
#include "bench/scenario/scenario.hpp"

namespace katydid::bench {

awaitable<ScenarioResult> run_postgres_cluster(Context& context)
{
    if (context.settings.postgres.empty())
        co_return ScenarioResult::skip("no --postgres URL was given");
    co_return ScenarioResult::skip("it cannot use PostgreSQL yet");
}

}  // namespace katydid::bench
