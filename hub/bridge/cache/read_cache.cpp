#include "hub/bridge/cache/read_cache.hpp"

#include <algorithm>

namespace katydid::bridge {

std::optional<ReadCache::Copy> ReadCache::find(const std::string& key, milliseconds fresh,
                                               SteadyTime now)
{
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return std::nullopt;
    const auto entry = found->second;
    const auto age = std::chrono::duration_cast<milliseconds>(now - entry->at);
    if (age > limits_.kept) {
        erase(entry);
        return std::nullopt;
    }
    entries_.splice(entries_.begin(), entries_, entry);
    return Copy{entry->body, age, age < fresh};
}

std::uint64_t ReadCache::generation(std::string_view tag) const
{
    const auto found = generations_.find(tag);
    return found == generations_.end() ? 0 : found->second;
}

void ReadCache::put(const std::string& key, std::string_view tag, std::string body,
                    std::uint64_t generation_then, SteadyTime now)
{
    if (generation(tag) != generation_then || body.size() > limits_.bytes_max / 4) return;
    forget(key);
    bytes_ += key.size() + body.size();
    entries_.push_front(
        {key, std::string{tag}, std::make_shared<const std::string>(std::move(body)), now});
    by_key_[key] = entries_.begin();
    while (entries_.size() > limits_.count_max || bytes_ > limits_.bytes_max)
        erase(std::prev(entries_.end()));
}

void ReadCache::drop(std::string_view tag)
{
    ++generations_[std::string{tag}];
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        const auto next = std::next(entry);
        if (entry->tag == tag) erase(entry);
        entry = next;
    }
}

void ReadCache::forget(const std::string& key)
{
    if (const auto found = by_key_.find(key); found != by_key_.end()) erase(found->second);
}

ReadCache::Tally ReadCache::tally(std::string_view tag, SteadyTime now) const
{
    Tally tally;
    for (const auto& entry : entries_) {
        const auto age = std::chrono::duration_cast<milliseconds>(now - entry.at);
        if (entry.tag != tag || age > limits_.kept) continue;
        ++tally.answers;
        tally.bytes += entry.key.size() + entry.body->size();
        tally.oldest = std::max(tally.oldest.value_or(age), age);
        tally.newest = std::min(tally.newest.value_or(age), age);
    }
    return tally;
}

void ReadCache::erase(Entries::iterator entry)
{
    bytes_ -= entry->key.size() + entry->body->size();
    by_key_.erase(entry->key);
    entries_.erase(entry);
}

}  // namespace katydid::bridge
