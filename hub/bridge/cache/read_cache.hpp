// Answers of the platforms, kept for a while.
#pragma once

#include "hub/core/clock.hpp"

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace katydid::bridge {

/// Bounded in count and bytes, the one not used for longest goes first. An answer is fresh for the
/// time its route gives it, and kept longer for when the platform is down.
///
/// Pure: it is told the time. Thread safety: none.
class ReadCache {
public:
    struct Limits {
        std::size_t count_max = 4'096;
        std::size_t bytes_max = 32UL * 1024 * 1024;
        milliseconds kept = std::chrono::hours{24};  ///< no older answer is ever served
    };

    struct Copy {
        std::shared_ptr<const std::string> body;
        milliseconds age{0};
        bool fresh = false;
    };

    ReadCache() : ReadCache{Limits{}} {}
    explicit ReadCache(Limits limits) : limits_{limits} {}

    /// The answer to a question, or nullopt when there is none that may be served.
    [[nodiscard]] std::optional<Copy> find(const std::string& key, milliseconds fresh,
                                           SteadyTime now);

    /// What put() must be told about an answer that was asked for now.
    [[nodiscard]] std::uint64_t generation(std::string_view tag) const;
    /// Keeps an answer, unless its tag was dropped since the question was asked.
    void put(const std::string& key, std::string_view tag, std::string body,
             std::uint64_t generation, SteadyTime now);
    /// Forgets everything of that tag, and what is being asked for now.
    void drop(std::string_view tag);
    /// Forgets one answer.
    void forget(const std::string& key);

    /// What is kept under one tag.
    struct Tally {
        std::size_t answers = 0;
        std::size_t bytes = 0;
        std::optional<milliseconds> oldest{};  ///< age
        std::optional<milliseconds> newest{};
    };
    [[nodiscard]] Tally tally(std::string_view tag, SteadyTime now) const;

    [[nodiscard]] std::size_t size() const noexcept { return by_key_.size(); }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
    struct Entry {
        std::string key;
        std::string tag;
        std::shared_ptr<const std::string> body;
        SteadyTime at{};
    };
    using Entries = std::list<Entry>;
    void erase(Entries::iterator entry);

    Limits limits_;
    Entries entries_;  ///< used last first
    std::unordered_map<std::string, Entries::iterator> by_key_;
    std::map<std::string, std::uint64_t, std::less<>> generations_;
    std::size_t bytes_ = 0;
};

}  // namespace katydid::bridge
