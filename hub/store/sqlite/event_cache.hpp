// The events claimed last, so that a wide fan-out loads a payload once.
#pragma once

#include "hub/core/event.hpp"

#include <list>
#include <unordered_map>

namespace katydid::store::sqlite {

/// Least recently used out first, bounded by bytes. Thread safety: none.
class EventCache {
public:
    explicit EventCache(std::size_t bytes_max) : bytes_max_{bytes_max} {}

    /// nullptr when it is not there.
    EventPtr find(std::int64_t seq)
    {
        const auto found = index_.find(seq);
        if (found == index_.end()) return nullptr;
        order_.splice(order_.begin(), order_, found->second);
        return found->second->event;
    }

    void add(std::int64_t seq, EventPtr event)
    {
        const auto bytes = bytes_of(*event);
        if (bytes > bytes_max_ || index_.contains(seq)) return;
        order_.push_front({seq, std::move(event)});
        index_.emplace(seq, order_.begin());
        bytes_ += bytes;
        while (bytes_ > bytes_max_) drop(std::prev(order_.end()));
    }

    void remove(std::int64_t seq)
    {
        const auto found = index_.find(seq);
        if (found != index_.end()) drop(found->second);
    }

private:
    struct Entry {
        std::int64_t seq;
        EventPtr event;
    };
    using Order = std::list<Entry>;

    static std::size_t bytes_of(const Event& event) { return event.payload->size() + 512; }

    void drop(Order::iterator entry)
    {
        bytes_ -= bytes_of(*entry->event);
        index_.erase(entry->seq);
        order_.erase(entry);
    }

    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    Order order_;
    std::unordered_map<std::int64_t, Order::iterator> index_;
};

}  // namespace katydid::store::sqlite
