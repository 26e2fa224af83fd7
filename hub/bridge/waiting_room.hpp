// Callers who wait for the first outcome of their write.
#pragma once

#include "hub/bridge/bell.hpp"
#include "hub/http/message/message.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace katydid::bridge {

/// Brings together whoever waits for a write and the attempt that carries it out. Both run on the
/// bridge's loop, so nobody polls.
///
/// It also knows which order keys wait behind a failed write: a write behind them cannot have an
/// answer soon. Thread safety: none.
class WaitingRoom {
public:
    /// What a caller is told: the platform's answer, or nothing yet.
    using Answer = std::optional<http::Response>;

    /// A place in the room for as long as it lives. Take it before the write is stored.
    class Ticket {
    public:
        Ticket(WaitingRoom& room, std::string id, std::string key);
        ~Ticket();
        Ticket(Ticket&&) = delete;
        Ticket& operator=(Ticket&&) = delete;

        /// What there is already: the write was answered before.
        [[nodiscard]] Answer known() const;
        /// The answer, or nullopt when there is none by then or none to be expected soon.
        awaitable<Answer> wait(SteadyTime until);

    private:
        struct Guest;
        WaitingRoom& room_;
        std::shared_ptr<Guest> guest_;
        friend class WaitingRoom;
    };

    /// The platform answered that write; what waits behind it may have its turn.
    void answered(const std::string& id, const std::string& key, http::Response response);
    /// It did not answer: nobody of this key should wait any longer.
    void failed(const std::string& key);
    /// Nothing is sent for now (the breaker is open): nobody should wait.
    void send_home();
    /// Whether an earlier write of this key waits for its retry.
    [[nodiscard]] bool is_held(const std::string& key) const { return held_.contains(key); }

private:
    static constexpr std::size_t held_max = 100'000;
    static constexpr std::size_t recent_max = 512;

    std::unordered_multimap<std::string, std::shared_ptr<Ticket::Guest>> by_id_;
    std::unordered_set<std::string> held_;
    /// Answers whose attempts may not be in the store yet, for a repeat that comes right behind.
    std::unordered_map<std::string, http::Response> recent_;
    std::deque<std::string> recent_order_;
};

}  // namespace katydid::bridge
