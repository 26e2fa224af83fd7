#include "hub/intake/event_bell.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace katydid::intake {

/// Lives as long as a ring is on its way to the waiter's loop. Touched on that loop only, but for
/// `on_its_way`: one ring on its way is enough.
struct EventBell::Watch::State {
    explicit State(const asio::any_io_executor& executor) : timer{executor} {}

    asio::steady_timer timer;
    bool rung = false;
    std::atomic<bool> on_its_way{false};
};

EventBell::Watch::Watch(EventBell& bell, const TenantId& tenant, asio::any_io_executor executor)
    : bell_{bell},
      tenant_{tenant}
{
    const std::lock_guard lock{bell_.mutex_};
    const auto known = bell_.watches_.find(tenant_);
    const auto own = known == bell_.watches_.end() ? 0 : known->second.size();
    if (!waiters.admits(bell_.interested_, own)) return;
    state_ = std::make_shared<State>(executor);
    bell_.watches_[tenant_].push_back(state_);
    ++bell_.interested_;
}

EventBell::Watch::~Watch()
{
    if (!state_) return;
    const std::lock_guard lock{bell_.mutex_};
    const auto found = bell_.watches_.find(tenant_);
    std::erase(found->second, state_);
    if (found->second.empty()) bell_.watches_.erase(found);
    --bell_.interested_;
}

awaitable<void> EventBell::Watch::wait(SteadyTime until)
{
    const auto state = state_;
    if (!state->rung) {
        const auto look_at = std::chrono::steady_clock::now() + look_interval;
        if (bell_.is_shared_) until = std::min<SteadyTime>(until, look_at);
        state->timer.expires_at(until);
        co_await state->timer.async_wait(use_tuple);
    }
    state->rung = false;
}

void EventBell::ring_for(const TenantId& tenant)
{
    const std::lock_guard lock{mutex_};
    const auto found = watches_.find(tenant);
    if (found == watches_.end()) return;
    for (const auto& state : found->second) {
        if (state->on_its_way.exchange(true)) continue;
        asio::post(state->timer.get_executor(), [state] {
            state->on_its_way = false;
            state->rung = true;
            state->timer.cancel();
        });
    }
}

}  // namespace katydid::intake
