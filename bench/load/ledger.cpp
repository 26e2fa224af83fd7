#include "bench/load/ledger.hpp"

#include <algorithm>

namespace katydid::bench {

Ledger::Ledger(Options options)
    : options_{std::move(options)},
      words_{(options_.endpoints + 63) / 64}
{}

Ledger::Entry& Ledger::entry(std::uint32_t number)
{
    if (number >= entries_.size()) {
        const auto size = std::max<std::size_t>(number + std::size_t{1}, entries_.size() * 2);
        entries_.resize(size);
        marks_.resize(size * words_);
    }
    return entries_[number];
}

void Ledger::sent(std::uint32_t number, SteadyTime intended)
{
    auto& event = entry(number);
    event.known = true;
    event.intended = intended;
}

std::uint32_t Ledger::owed(std::uint32_t number) const
{
    if (!options_.owes) return options_.endpoints;
    std::uint32_t count = 0;
    for (unsigned endpoint = 0; endpoint < options_.endpoints; ++endpoint)
        if (options_.owes(number, endpoint)) ++count;
    return count;
}

void Ledger::accepted(std::uint32_t number, SteadyTime at)
{
    auto& event = entry(number);
    if (event.accepted != SteadyTime{}) return;  // accepted before: sent again
    event.accepted = at;
    const auto expected = owed(number);
    ++tally_.accepted;
    tally_.expected += expected;
    tally_.delivered += event.delivered;
    tally_.unaccepted -= event.delivered;
    tally_.missing += expected - event.delivered;
    // What came before the answer waited no time at all after it.
    if (event.intended >= options_.measured_from && event.delivered > 0)
        after_acceptance_.record(nanoseconds{0}, event.delivered);
}

bool Ledger::mark(std::uint32_t number, unsigned endpoint)
{
    auto& word = marks_[number * words_ + endpoint / 64];
    const auto bit = std::uint64_t{1} << (endpoint % 64);
    const bool fresh = (word & bit) == 0;
    word |= bit;
    return fresh;
}

void Ledger::delivered(std::uint32_t number, unsigned endpoint, std::string_view webhook_id,
                       SteadyTime at)
{
    ++deliveries_;
    const bool known = number < entries_.size() && entries_[number].known;
    if (!known || endpoint >= options_.endpoints
        || (options_.owes && !options_.owes(number, endpoint))) {
        ++tally_.unexpected;
        return;
    }
    auto& event = entries_[number];
    const auto hash = std::hash<std::string_view>{}(webhook_id);
    if (event.id_hash == 0) event.id_hash = hash;
    if (event.id_hash != hash) ++tally_.id_changed;
    if (!mark(number, endpoint)) {
        ++tally_.duplicates;
        return;
    }
    ++event.delivered;
    const bool is_accepted = event.accepted != SteadyTime{};
    if (is_accepted) {
        ++tally_.delivered;
        --tally_.missing;
    } else {
        ++tally_.unaccepted;
    }
    last_delivery_ = at;
    second_.record(at - event.intended);
    if (event.intended >= options_.measured_from) {
        end_to_end_.record(at - event.intended);
        if (is_accepted) after_acceptance_.record(at - event.accepted);
    }
    // Last: it may send more events, and that moves the entries.
    if (on_progress) on_progress();
}

}  // namespace katydid::bench
