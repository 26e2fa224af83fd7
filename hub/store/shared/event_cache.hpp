// The events claimed last, so that a wide fan-out loads a payload once.
#pragma once

#include "hub/core/event.hpp"

#include <list>
#include <unordered_map>

namespace katydid::store {

/// Least recently used out first, bounded by bytes. Thread safety: none.
template <class Key>
class EventCache {
public:
    explicit EventCache(std::size_t bytes_max) : bytes_max_{bytes_max} {}

    /// nullptr when it is not there.
    EventPtr find(const Key& key)
    {
        const auto found = index_.find(key);
        if (found == index_.end()) return nullptr;
        order_.splice(order_.begin(), order_, found->second);
        return found->second->event;
    }

    void add(const Key& key, EventPtr event)
    {
        const auto bytes = bytes_of(*event);
        if (bytes > bytes_max_ || index_.contains(key)) return;
        order_.push_front({key, std::move(event)});
        index_.emplace(key, order_.begin());
        bytes_ += bytes;
        while (bytes_ > bytes_max_) drop(std::prev(order_.end()));
    }

    void remove(const Key& key)
    {
        const auto found = index_.find(key);
        if (found != index_.end()) drop(found->second);
    }

private:
    struct Entry {
        Key key;
        EventPtr event;
    };
    using Order = std::list<Entry>;

    static std::size_t bytes_of(const Event& event)
    {
        return event.payload->size() + (event.compressed ? event.compressed->size() : 0) + 512;
    }

    void drop(typename Order::iterator entry)
    {
        bytes_ -= bytes_of(*entry->event);
        index_.erase(entry->key);
        order_.erase(entry);
    }

    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    Order order_;
    std::unordered_map<Key, typename Order::iterator> index_;
};

}  // namespace katydid::store
