#include "hub/core/async/mutex.hpp"

#include <deque>
#include <utility>

namespace katydid {

struct AsyncMutex::State {
    bool is_locked = false;
    std::deque<std::weak_ptr<AsyncEvent>> turns;  ///< each belongs to the coroutine that waits
};

AsyncMutex::AsyncMutex() : state_{std::make_shared<State>()} {}

AsyncMutex::Lock::~Lock()
{
    if (!state_) return;
    while (!state_->turns.empty()) {
        const auto next = state_->turns.front().lock();
        state_->turns.pop_front();
        if (!next) continue;
        next->set();
        return;  // still locked: handed over
    }
    state_->is_locked = false;
}

awaitable<AsyncMutex::Lock> AsyncMutex::lock(SteadyTime until)
{
    const auto state = state_;
    if (!std::exchange(state->is_locked, true)) co_return Lock{state};
    const auto turn = std::make_shared<AsyncEvent>();
    state->turns.emplace_back(turn);
    const bool is_mine = co_await turn->wait(until);
    co_return Lock{is_mine ? state : nullptr};
}

}  // namespace katydid
