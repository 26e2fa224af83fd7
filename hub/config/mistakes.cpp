#include "hub/config/mistakes.hpp"

#include <algorithm>
#include <cstdlib>

namespace katydid::config {

void Mistakes::add(std::string_view place, std::string_view what)
{
    add(std::string{place} + ": " + std::string{what});
}

void Mistakes::add(std::string sentence)
{
    if (std::ranges::find(sentences_, sentence) == sentences_.end())
        sentences_.push_back(std::move(sentence));
}

void Mistakes::sort_by_line(const std::string& file)
{
    std::multimap<unsigned long, std::string> sorted;
    for (auto& sentence : sentences_) {
        const auto at = std::min(sentence.size(), file.size() + 1);
        const auto line = std::strtoul(sentence.c_str() + at, nullptr, 10);
        sorted.emplace(line, std::move(sentence));
    }
    sentences_.clear();
    for (auto& [line, sentence] : sorted) sentences_.push_back(std::move(sentence));
}

void Mistakes::set_at(std::string_view key, std::string place)
{
    places_.insert_or_assign(std::string{key}, std::move(place));
}

std::string Mistakes::place_of(std::string_view key) const
{
    const auto found = places_.find(key);
    return found == places_.end() ? std::string{key} : found->second;
}

void Mistakes::claim(std::string_view list, std::string_view name, std::string place)
{
    const auto key = std::string{list} + "." + std::string{name};
    const auto [first, is_new] = places_.emplace(key, place);
    if (!is_new)
        add(place, "\"" + std::string{name} + "\" is a duplicate in " + std::string{list}
                       + ", first at " + first->second + ": rename one");
}

}  // namespace katydid::config
