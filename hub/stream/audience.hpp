// Who watches at one loop, and whose turn it is to be told.
#pragma once

#include "hub/stream/batch.hpp"
#include "hub/stream/happenings.hpp"

#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace katydid::stream {

/// Gathers what happens for the watchers of a loop, and tells them in rounds: those that want the
/// same share what is said, each has its turn once in a round, and the next round tells what came
/// meanwhile. The first thing after a pause is told at once.
///
/// However many watch, to tell them takes at most an eighth of the loop's time, a few watchers at
/// once, so that a request waits for a few of them and not for all. What that is too little for, or
/// a watcher too slow, is missed, and said to be.
///
/// Lifetime: it outlives its seats, and the run of its loop. Thread safety: none; one loop.
class Audience {
public:
    /// What is kept for those that want the same, in texts; with what is being written to one of
    /// them these are at most 256 KiB.
    static constexpr std::size_t bytes_max = std::size_t{192} * 1024;
    static constexpr std::size_t batch_bytes = std::size_t{32} * 1024;
    /// Rounds begin so far apart at least.
    static constexpr milliseconds round_interval{20};

    struct Wish {
        Interest interest;
        EventWish events;
        /// Two wishes of one interest with the same text want the same events.
        std::string same{};
    };
    class Seat;

    Audience(Happenings& happenings, asio::any_io_executor executor);
    ~Audience();
    Audience(const Audience&) = delete;
    Audience& operator=(const Audience&) = delete;

    /// \param wake  called when the seat may take something
    [[nodiscard]] std::unique_ptr<Seat> join(Wish wish, std::function<void()> wake);

private:
    struct Group;

    std::shared_ptr<Group> group_of(Wish wish);
    void on_told(Group& group);
    void begin_round();
    void serve();
    void go_on();

    Happenings& happenings_;
    asio::any_io_executor executor_;
    asio::steady_timer timer_;
    std::unordered_map<std::string, std::shared_ptr<Group>> groups_;
    std::vector<Seat*> turns_;  ///< of this round; null: has left
    std::size_t next_turn_ = 0;
    SteadyTime round_begun_{};
    SteadyTime served_at_{};
    bool is_busy_ = false;   ///< in a round, or it waits for the next one
    bool has_news_ = false;  ///< for the next round
};

/// One watcher's place.
class Audience::Seat {
public:
    Seat(Audience& audience, std::shared_ptr<Group> group, std::function<void()> wake);
    ~Seat();
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

    /// Events count from now on. Returns what was told of deliveries and attempts since it joined.
    [[nodiscard]] std::vector<Saying> start_events();
    /// What comes next, in its turn: a batch, or how much was missed before it.
    [[nodiscard]] std::variant<std::monostate, Saying, BatchPtr> take();

private:
    friend class Audience;

    Audience& audience_;
    const std::shared_ptr<Group> group_;
    const std::function<void()> wake_;
    std::uint64_t position_;      ///< how many of its group's messages it has taken or missed
    std::uint64_t granted_;       ///< up to where it may take
    const std::uint64_t events_;  ///< how many of those before it joined are events
    std::size_t turn_ = 0;        ///< where it may stand in the turns of the round
};

}  // namespace katydid::stream
