// Callers who wait for the first outcome of their write.
#pragma once

#include "hub/core/async/event.hpp"
#include "hub/http/message/message.hpp"

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace katydid::bridge {

/// Connects the callers that wait for a write with the attempt that carries it out. Both run on the
/// bridge's loop, so none has to poll.
///
/// It also knows the order keys whose latest write failed: a later write of such a key cannot have
/// an answer soon. Thread safety: none.
class PendingWrites {
public:
    /// What a caller is told: the platform's answer, or nothing yet.
    using Answer = std::optional<http::Response>;

    /// Gets the answer of one write. Make it before the write is stored. It outlives its wait.
    class Waiter {
    public:
        Waiter(PendingWrites& all, std::string id, std::string key);
        ~Waiter();
        Waiter(Waiter&&) = delete;
        Waiter& operator=(Waiter&&) = delete;

        /// What there is already: the write was answered before.
        [[nodiscard]] const Answer& known() const noexcept { return answer_; }
        /// The answer, or nullopt when there is none by then or none to be expected soon.
        awaitable<Answer> wait(SteadyTime until);

    private:
        friend class PendingWrites;
        PendingWrites& all_;
        const std::string id_;
        const std::string key_;
        AsyncEvent released_;
        Answer answer_;
    };

    /// The platform answered that write; later writes of its key may have their turn.
    void answered(const std::string& id, const std::string& key, http::Response response);
    /// It did not answer: releases all who wait for a write of this key.
    void failed(const std::string& key);
    /// Nothing is sent for now (the breaker is open).
    void release_all();
    /// Whether an earlier write of this key waits for its retry.
    [[nodiscard]] bool is_held(const std::string& key) const { return held_.contains(key); }

private:
    static constexpr std::size_t held_max = 100'000;
    static constexpr std::size_t recent_max = 512;

    std::unordered_multimap<std::string, Waiter*> by_id_;
    std::unordered_set<std::string> held_;
    /// Answers whose attempts may not be in the store yet, for a repeat that comes right after.
    std::unordered_map<std::string, http::Response> recent_;
    std::deque<std::string> recent_order_;
};

}  // namespace katydid::bridge
