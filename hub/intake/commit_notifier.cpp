#include "hub/intake/commit_notifier.hpp"

#include "hub/core/async/event.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace katydid::intake {

/// Lives as long as a notice is on its way to the waiter's loop. Touched on that loop only, but for
/// `on_its_way`: one notice on its way is enough.
struct CommitNotifier::Waiter::State {
    asio::any_io_executor executor;
    std::function<void()> on_commit;
    AsyncEvent committed{};
    std::atomic<bool> on_its_way{false};
};

CommitNotifier::Waiter::Waiter(CommitNotifier& notifier, const TenantId& tenant,
                               asio::any_io_executor executor, std::function<void()> on_commit)
    : notifier_{notifier},
      tenant_{tenant}
{
    const std::lock_guard lock{notifier_.mutex_};
    const auto known = notifier_.tenants_.find(tenant_);
    const auto own = known == notifier_.tenants_.end() ? 0 : known->second.size();
    if (!waiters.admits(notifier_.waiting_, own)) return;
    state_ = std::make_shared<State>(std::move(executor), std::move(on_commit));
    notifier_.tenants_[tenant_].push_back(state_);
    ++notifier_.waiting_;
}

CommitNotifier::Waiter::~Waiter()
{
    if (!state_) return;
    const std::lock_guard lock{notifier_.mutex_};
    const auto found = notifier_.tenants_.find(tenant_);
    std::erase(found->second, state_);
    if (found->second.empty()) notifier_.tenants_.erase(found);
    --notifier_.waiting_;
}

awaitable<void> CommitNotifier::Waiter::wait(SteadyTime until)
{
    const auto state = state_;
    const auto look_at = std::chrono::steady_clock::now() + pause_;
    if (notifier_.is_shared_) until = std::min<SteadyTime>(until, look_at);
    const bool has_commit = co_await state->committed.wait(until);
    state->committed.reset();
    pause_ = has_commit ? look_again : std::min(2 * pause_, look_interval);
}

void CommitNotifier::notify_waiters(const TenantId& tenant)
{
    const std::lock_guard lock{mutex_};
    const auto found = tenants_.find(tenant);
    if (found == tenants_.end()) return;
    for (const auto& state : found->second) {
        if (state->on_its_way.exchange(true)) continue;
        asio::post(state->executor, [state] {
            state->on_its_way = false;
            state->committed.set();
            if (state->on_commit) state->on_commit();
        });
    }
}

}  // namespace katydid::intake
