// Equal work, done once for all who ask meanwhile.
#pragma once

#include "hub/core/async/event.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <concepts>
#include <memory>
#include <unordered_map>
#include <utility>

namespace katydid {

/// Starts work for a key unless it is under way, and gives every caller its value.
///
/// The work belongs to no caller: callers may stop waiting or be cancelled, and it goes on.
/// A handle as AsyncEvent: it may go while work is under way. Thread safety: none; one loop.
/// \tparam Value  can be default-constructed
template <class Key, class Value>
class SingleFlight {
public:
    /// \param work  makes an awaitable<Value>; it is kept until that ended, and so must be all that
    ///              it refers to
    /// Returns the value, or null when the time was over first. Throws what the work threw.
    /// Cancellation: as AsyncEvent::wait.
    template <std::invocable Work>
    awaitable<std::shared_ptr<const Value>> run(Key key, Work work,
                                                SteadyTime until = SteadyTime::max())
    {
        const auto flights = flights_;
        const auto executor = co_await asio::this_coro::executor;
        auto& place = (*flights)[key];
        const bool is_new = place == nullptr;
        if (is_new) place = std::make_shared<Flight>();
        const auto flight = place;
        if (is_new) start(executor, std::move(key), flight, std::move(work));
        const bool has_landed = co_await flight->landed.wait(until);
        if (!has_landed) co_return nullptr;
        if (flight->failure) std::rethrow_exception(flight->failure);
        co_return std::shared_ptr<const Value>{flight, &flight->value};
    }

    [[nodiscard]] bool is_under_way(const Key& key) const { return flights_->contains(key); }

    /// Work of these keys goes on for those who wait; who asks from now on starts it anew.
    template <std::predicate<const Key&> Match>
    void forget_if(Match match)
    {
        std::erase_if(*flights_, [&](const auto& each) { return match(each.first); });
    }

private:
    struct Flight {
        AsyncEvent landed;
        Value value{};
        std::exception_ptr failure;
    };
    using FlightPtr = std::shared_ptr<Flight>;

    template <class Work>
    void start(const asio::any_io_executor& executor, Key key, FlightPtr flight, Work work)
    {
        auto on_end = [flights = flights_, key = std::move(key),
                       flight = std::move(flight)](std::exception_ptr failure, Value value) {
            const auto mine = flights->find(key);
            if (mine != flights->end() && mine->second == flight) flights->erase(mine);
            flight->failure = std::move(failure);
            flight->value = std::move(value);
            flight->landed.set();
        };
        asio::co_spawn(executor, std::move(work), std::move(on_end));
    }

    using Flights = std::unordered_map<Key, FlightPtr>;
    std::shared_ptr<Flights> flights_ = std::make_shared<Flights>();
};

}  // namespace katydid
