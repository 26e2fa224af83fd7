#include "hub/http/watchdog.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>

namespace katydid::http {

struct Watchdog::State : std::enable_shared_from_this<State> {
    explicit State(boost::asio::any_io_executor executor) : timer{std::move(executor)} {}

    void link(Watch& watch) noexcept;
    void unlink(Watch& watch) noexcept;
    void arm(SteadyTime at);
    void look();
    [[nodiscard]] SteadyTime earliest() const noexcept;

    boost::asio::steady_timer timer;
    SteadyTime armed_at = SteadyTime::max();
    Watch* first = nullptr;
    Watch* cursor = nullptr;  ///< the next watch of a look() under way
};

void Watchdog::State::link(Watch& watch) noexcept
{
    watch.next_ = first;
    if (first != nullptr) first->previous_ = &watch;
    first = &watch;
}

void Watchdog::State::unlink(Watch& watch) noexcept
{
    if (cursor == &watch) cursor = watch.next_;
    if (watch.previous_ != nullptr) watch.previous_->next_ = watch.next_;
    else first = watch.next_;
    if (watch.next_ != nullptr) watch.next_->previous_ = watch.previous_;
}

void Watchdog::State::arm(SteadyTime at)
{
    armed_at = at;
    timer.expires_at(at);
    timer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (self && !error) self->look();
    });
}

void Watchdog::State::look()
{
    const auto now = std::chrono::steady_clock::now();
    armed_at = SteadyTime::max();
    auto next = SteadyTime::max();
    cursor = first;
    while (cursor != nullptr) {
        Watch& watch = *cursor;
        cursor = watch.next_;
        if (watch.at_ > now) {
            next = std::min(next, watch.at_);
            continue;
        }
        watch.at_ = SteadyTime::max();
        watch.expired_ = true;
        const auto act = watch.on_expire_;  // a copy: the call may destroy the watch
        act();
    }
    // What was set by the calls has armed the timer itself.
    if (next < armed_at) arm(std::max(next, now + resolution));
}

SteadyTime Watchdog::State::earliest() const noexcept
{
    auto at = SteadyTime::max();
    for (const Watch* watch = first; watch != nullptr; watch = watch->next_)
        at = std::min(at, watch->at_);
    return at;
}

Watchdog::Watchdog(boost::asio::any_io_executor executor)
    : state_{std::make_shared<State>(std::move(executor))}
{}

Watchdog::~Watchdog() = default;

void Watchdog::trim()
{
    if (state_->earliest() < SteadyTime::max()) return;
    state_->armed_at = SteadyTime::max();
    state_->timer.cancel();
}

Watch::Watch(Watchdog& dog, std::function<void()> on_expire)
    : state_{*dog.state_},
      on_expire_{std::move(on_expire)}
{
    state_.link(*this);
}

Watch::~Watch() { state_.unlink(*this); }

void Watch::set(SteadyTime at)
{
    at_ = at;
    expired_ = false;
    if (at < state_.armed_at) state_.arm(at);
}

}  // namespace katydid::http
