#include "hub/registry/registry.hpp"

#include "hub/registry/sealed_secrets.hpp"

namespace katydid::registry {

Registry::Registry(store::Store& store, const signing::Vault& vault, const Clock& clock,
                   std::uint64_t seed)
    : context_{store, vault, clock, IdSource{clock, seed}}
{}

void Registry::add_loop(LoopBinding loop) { context_.loops.push_back(std::move(loop)); }

awaitable<result<void>> Registry::read_all()
{
    for (auto* catalog : catalogs_) {
        auto read = co_await catalog->read();
        if (!read) co_return read.error();
    }
    co_return result<void>{};
}

awaitable<result<void>> Registry::load()
{
    auto renewed = co_await renew_secrets(context_.store, context_.vault, context_.clock.now());
    if (!renewed) co_return renewed.error();
    auto read = co_await read_all();
    co_return read;
}

awaitable<result<void>> Registry::refresh()
{
    if (refresh_waits_.exchange(true)) co_return result<void>{};  // the one that waits sees it all
    auto read = co_await context_.serialized(read_again());
    co_return read;
}

awaitable<result<void>> Registry::read_again()
{
    refresh_waits_ = false;
    auto read = co_await read_all();
    co_return read;
}

awaitable<result<void>> Registry::fix(std::vector<FixedSource> fixed_sources,
                                      std::vector<FixedSubscription> fixed_subscriptions)
{
    auto fixed = co_await fix_once(fixed_sources, fixed_subscriptions);
    // Hubs that start together make the same: who comes second reads what the first made.
    for (int tries = 1; tries < 5 && !fixed && fixed.error() == errc::conflict; ++tries) {
        auto read = co_await read_all();
        if (!read) co_return read.error();
        fixed = co_await fix_once(fixed_sources, fixed_subscriptions);
    }
    co_return fixed;
}

awaitable<result<void>>
Registry::fix_once(const std::vector<FixedSource>& fixed_sources,
                   const std::vector<FixedSubscription>& fixed_subscriptions)
{
    for (const auto& each : fixed_sources) {
        auto fixed = co_await sources.fix(each);
        if (!fixed) co_return fixed.error();
    }
    for (const auto& each : fixed_subscriptions) {
        auto fixed = co_await subscriptions.fix(each);
        if (!fixed) co_return fixed.error();
    }
    auto retired = co_await sources.retire(fixed_sources);
    if (retired) retired = co_await subscriptions.retire(fixed_subscriptions);
    co_return retired;
}

}  // namespace katydid::registry
