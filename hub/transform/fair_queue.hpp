// Who gets the next free worker.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace katydid::transform {

/// Shares workers by the time that was used, not by turns: the key that has used the least so far
/// comes next, so an endless loop, which uses a thousand times what others do, waits for them and
/// not they for it. A key that comes new, or again, starts level with the one served last, so
/// idle time earns nothing. Within a key, first come is first served.
///
/// A key whose last run cost a worker, or all of its time, is a suspect until one of its runs ends
/// well. Pure.
/// Thread safety: none.
template <class Item>
class FairQueue {
public:
    struct Options {
        std::size_t waiting_max = 4096;
        std::size_t waiting_per_key_max = 256;
        std::size_t running_per_key_max = 1;
    };

    explicit FairQueue(const Options& options) : options_{options} {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// False: there is no room.
    [[nodiscard]] bool push(const std::string& key, Item item)
    {
        if (size_ == options_.waiting_max) return false;
        const auto found = lanes_.try_emplace(key, Lane{.used = level_}).first;
        auto& lane = found->second;
        if (lane.waiting.size() == options_.waiting_per_key_max) return false;
        lane.waiting.push_back(item);
        ++size_;
        refresh(*found);
        return true;
    }

    /// The next one; it counts as running until ended(). nullopt: none may run now.
    [[nodiscard]] std::optional<Item> pop(bool also_suspects = true)
    {
        const auto next = std::ranges::find_if(ready_, [&](const auto& entry) {
            return also_suspects || !suspects_.contains(entry.second);
        });
        if (next == ready_.end()) return std::nullopt;
        const auto found = lanes_.find(std::string{next->second});
        auto& lane = found->second;
        level_ = lane.used;
        const auto item = lane.waiting.front();
        lane.waiting.pop_front();
        --size_;
        ++lane.running;
        refresh(*found);
        return item;
    }

    /// One that waits no longer, as its time is over.
    void remove(const std::string& key, Item item)
    {
        const auto found = lanes_.find(key);
        if (found == lanes_.end()) return;
        size_ -= std::erase(found->second.waiting, item);
        refresh(*found);
        forget_if_idle(found);
    }

    /// One that ran has used a worker for so long, and ended well or not.
    void ended(const std::string& key, std::chrono::microseconds used, bool well = true)
    {
        if (well) suspects_.erase(key);
        else if (suspects_.size() < suspects_max) suspects_.insert(key);
        const auto found = lanes_.find(key);
        auto& lane = found->second;
        --lane.running;
        unlist(*found);
        lane.used += used;
        refresh(*found);
        forget_if_idle(found);
    }

private:
    static constexpr std::size_t suspects_max = 1024;

    struct Lane {
        std::chrono::microseconds used{};
        std::deque<Item> waiting{};
        std::size_t running = 0;
        bool is_listed = false;
    };
    using Lanes = std::unordered_map<std::string, Lane>;

    void refresh(typename Lanes::value_type& entry)
    {
        auto& [key, lane] = entry;
        const bool is_ready = !lane.waiting.empty() && lane.running < options_.running_per_key_max;
        if (is_ready == lane.is_listed) return;
        if (!is_ready) return unlist(entry);
        ready_.emplace(lane.used, key);
        lane.is_listed = true;
    }
    void unlist(typename Lanes::value_type& entry)
    {
        auto& [key, lane] = entry;
        if (lane.is_listed) ready_.erase({lane.used, key});
        lane.is_listed = false;
    }
    void forget_if_idle(typename Lanes::iterator at)
    {
        if (at->second.waiting.empty() && at->second.running == 0) lanes_.erase(at);
    }

    Options options_;
    Lanes lanes_;
    std::set<std::pair<std::chrono::microseconds, std::string_view>> ready_;  ///< views of lanes_
    std::set<std::string, std::less<>> suspects_;
    std::chrono::microseconds level_{};
    std::size_t size_ = 0;
};

}  // namespace katydid::transform
