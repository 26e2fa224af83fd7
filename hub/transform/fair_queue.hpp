// Who gets the next free worker.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
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
/// The part of a key before a blank is its group: groups share in the same way, and then the keys
/// of each, so that one with many keys has no more than one with a single key.
///
/// Keys are trusted or suspect. A key is a suspect from a run that ended badly until
/// `runs_to_trust` runs in a row have ended well and `time_to_trust` has passed: good runs are
/// cheap, and who mixes them with bad ones is not to have others wait for the bad. The two kinds
/// share nothing: each has its own room, and is asked for by itself. Pure.
/// Thread safety: none.
template <class Item>
class FairQueue {
public:
    enum class Kind : std::uint8_t { trusted, suspect };
    static constexpr std::uint32_t runs_to_trust = 16;
    static constexpr std::chrono::minutes time_to_trust{1};
    using Time = std::chrono::steady_clock::time_point;

    struct Options {
        std::size_t waiting_max = 4096;  ///< of each kind
        std::size_t waiting_per_key_max = 256;
        std::size_t running_per_key_max = 1;
    };

    explicit FairQueue(const Options& options) : options_{options} {}

    [[nodiscard]] std::size_t size() const noexcept
    {
        return shares_[0].waiting + shares_[1].waiting;
    }

    /// False: there is no room.
    [[nodiscard]] bool push(const std::string& key, Item item)
    {
        const auto [found, is_new] = lanes_.try_emplace(key, Lane{kind_of(key)});
        auto& lane = found->second;
        if (is_new) lane.used = enter(key, lane.kind);
        auto& waiting = share(lane.kind).waiting;
        if (waiting >= options_.waiting_max
            || lane.waiting.size() == options_.waiting_per_key_max) {
            forget_if_idle(found);
            return false;
        }
        lane.waiting.push_back(item);
        ++waiting;
        refresh(*found);
        return true;
    }

    /// Whether there is one that may run now.
    [[nodiscard]] bool has(Kind kind) const { return !share(kind).ready.empty(); }

    /// The next one; it counts as running until ended(). nullopt: none may run now.
    [[nodiscard]] std::optional<Item> pop(Kind kind = Kind::trusted)
    {
        if (!has(kind)) return std::nullopt;
        auto& from = share(kind);
        auto& group = from.groups.at(std::string{from.ready.begin()->second});
        const auto found = lanes_.find(std::string{group.ready.begin()->second});
        auto& lane = found->second;
        from.level = group.used;
        group.level = lane.used;
        const auto item = lane.waiting.front();
        lane.waiting.pop_front();
        --from.waiting;
        ++lane.running;
        refresh(*found);
        return item;
    }

    /// One that waits no longer, as its time is over.
    void remove(const std::string& key, Item item)
    {
        const auto found = lanes_.find(key);
        if (found == lanes_.end()) return;
        share(found->second.kind).waiting -= std::erase(found->second.waiting, item);
        refresh(*found);
        forget_if_idle(found);
    }

    /// One that ran has used a worker for so long, and ended well or not.
    void ended(const std::string& key, std::chrono::microseconds used, bool well = true,
               Time now = {})
    {
        judge(key, well, now);
        const auto found = lanes_.find(key);
        auto& lane = found->second;
        --lane.running;
        unlist(*found);
        lane.used += used;
        charge(key, lane.kind, used);
        move(*found, kind_of(key));
        refresh(*found);
        forget_if_idle(found);
    }

private:
    static constexpr std::size_t suspects_max = 16'384;

    struct Doubt {
        std::uint32_t runs_owed = 0;  ///< good ones, in a row
        Time until{};
    };
    struct Lane {
        Kind kind{};
        std::chrono::microseconds used{};
        std::deque<Item> waiting{};
        std::size_t running = 0;
        bool is_listed = false;
    };
    using Lanes = std::unordered_map<std::string, Lane>;
    /// Views of names that are kept elsewhere, by the time that was used.
    using Ready = std::set<std::pair<std::chrono::microseconds, std::string_view>>;
    /// The keys of one group that are of one kind.
    struct Group {
        std::chrono::microseconds used{};
        std::chrono::microseconds level{};  ///< of the key served last
        std::size_t keys = 0;
        Ready ready{};  ///< keys in lanes_
    };
    using Groups = std::unordered_map<std::string, Group>;
    struct Share {
        Groups groups{};
        Ready ready{};                      ///< groups that have a ready key
        std::chrono::microseconds level{};  ///< of the group served last
        std::size_t waiting = 0;
    };

    [[nodiscard]] static std::string group_of(const std::string& key)
    {
        return key.substr(0, key.find(' '));
    }
    typename Groups::value_type& group(const std::string& key, Kind kind)
    {
        return *share(kind).groups.find(group_of(key));
    }

    /// A key more. Returns the time that it starts with.
    std::chrono::microseconds enter(const std::string& key, Kind kind)
    {
        auto& to = share(kind);
        auto& own = to.groups.try_emplace(group_of(key), Group{to.level}).first->second;
        ++own.keys;
        return own.level;
    }
    void leave(const std::string& key, Kind kind)
    {
        const auto found = share(kind).groups.find(group_of(key));
        if (--found->second.keys == 0) share(kind).groups.erase(found);
    }
    void charge(const std::string& key, Kind kind, std::chrono::microseconds used)
    {
        auto& [name, own] = group(key, kind);
        const bool is_listed = share(kind).ready.erase({own.used, name}) > 0;
        own.used += used;
        if (is_listed) share(kind).ready.emplace(own.used, name);
    }

    [[nodiscard]] Kind kind_of(const std::string& key) const
    {
        return suspects_.contains(key) ? Kind::suspect : Kind::trusted;
    }
    Share& share(Kind kind) { return shares_.at(static_cast<std::size_t>(kind)); }
    [[nodiscard]] const Share& share(Kind kind) const
    {
        return shares_.at(static_cast<std::size_t>(kind));
    }

    void judge(const std::string& key, bool well, Time now)
    {
        const auto found = suspects_.find(key);
        if (!well) {
            // Another is in doubt no longer; it is found out again if it has to be.
            if (found == suspects_.end() && suspects_.size() == suspects_max)
                suspects_.erase(suspects_.begin());
            suspects_[key] = {runs_to_trust, now + time_to_trust};
            return;
        }
        if (found == suspects_.end()) return;
        auto& [runs_owed, until] = found->second;
        if (runs_owed > 0) --runs_owed;
        if (runs_owed == 0 && now >= until) suspects_.erase(found);
    }

    /// Among those of the other kind it is new.
    void move(typename Lanes::value_type& entry, Kind kind)
    {
        auto& [key, lane] = entry;
        if (kind == lane.kind) return;
        share(lane.kind).waiting -= lane.waiting.size();
        share(kind).waiting += lane.waiting.size();
        leave(key, lane.kind);
        lane.used = enter(key, kind);
        lane.kind = kind;
    }

    void refresh(typename Lanes::value_type& entry)
    {
        auto& [key, lane] = entry;
        const bool is_ready = !lane.waiting.empty() && lane.running < options_.running_per_key_max;
        if (is_ready == lane.is_listed) return;
        if (!is_ready) return unlist(entry);
        auto& [name, own] = group(key, lane.kind);
        if (own.ready.empty()) share(lane.kind).ready.emplace(own.used, name);
        own.ready.emplace(lane.used, key);
        lane.is_listed = true;
    }
    void unlist(typename Lanes::value_type& entry)
    {
        auto& [key, lane] = entry;
        if (!std::exchange(lane.is_listed, false)) return;
        auto& [name, own] = group(key, lane.kind);
        own.ready.erase({lane.used, key});
        if (own.ready.empty()) share(lane.kind).ready.erase({own.used, name});
    }
    void forget_if_idle(typename Lanes::iterator at)
    {
        if (!at->second.waiting.empty() || at->second.running > 0) return;
        leave(at->first, at->second.kind);
        lanes_.erase(at);
    }

    Options options_;
    Lanes lanes_;
    std::array<Share, 2> shares_;
    std::map<std::string, Doubt> suspects_;
};

}  // namespace katydid::transform
