#include "hub/core/async/event.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>

#include <list>

namespace katydid {

struct AsyncEvent::State {
    struct Waiter {
        Waiter(const asio::any_io_executor& executor, SteadyTime until) : timer{executor, until} {}
        asio::steady_timer timer;
        bool is_woken = false;
    };
    /// Leaves the list with the coroutine, also when its loop ends before it.
    struct Place {
        explicit Place(std::list<Waiter>& all, const asio::any_io_executor& executor,
                       SteadyTime until)
            : waiting{all},
              waiter{all.emplace(all.end(), executor, until)}
        {}
        ~Place() { waiting.erase(waiter); }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        std::list<Waiter>& waiting;
        std::list<Waiter>::iterator waiter;
    };
    bool is_set = false;
    std::list<Waiter> waiting;
};

AsyncEvent::AsyncEvent() : state_{std::make_shared<State>()} {}

void AsyncEvent::set() const
{
    state_->is_set = true;
    for (auto& waiter : state_->waiting) {
        waiter.is_woken = true;
        waiter.timer.cancel();
    }
}

void AsyncEvent::reset() const noexcept { state_->is_set = false; }

bool AsyncEvent::is_set() const noexcept { return state_->is_set; }

awaitable<bool> AsyncEvent::wait(SteadyTime until) const
{
    const auto state = state_;
    if (state->is_set) co_return true;
    const auto executor = co_await asio::this_coro::executor;
    const State::Place place{state->waiting, executor, until};
    co_await place.waiter->timer.async_wait(use_tuple);
    if (place.waiter->is_woken) co_return true;
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error{asio::error::operation_aborted};
    co_return false;
}

}  // namespace katydid
