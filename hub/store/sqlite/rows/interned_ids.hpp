// The small numbers that stand for ids and words in the file's rows.
#pragma once

#include "hub/store/sqlite/file/connection.hpp"

#include <string>
#include <unordered_map>

namespace katydid::store::sqlite {

/// Numbers tenants, subscriptions and senders' words, and remembers them.
///
/// Words are counted, so that those in no row any more can go.
/// Bounded: a sender that invents words without end, or very long ones, only costs lookups, not
/// memory. After a rollback call `forget`: what was remembered may not be in the file.
/// Thread safety: none; it belongs to the writer's thread.
class InternedIds {
public:
    explicit InternedIds(Connection& connection);

    std::int64_t tenant(const TenantId& id);
    std::int64_t word(std::string_view text);
    /// So many more rows have the word, or less.
    void count_word(std::int64_t number, std::int64_t uses) { uses_[number] += uses; }
    /// Writes the counts down. Before a commit.
    void flush_uses();
    /// Deletes words that no row has; the number of them.
    std::uint64_t delete_unused_words(std::int64_t count_max);
    std::int64_t subscriber(std::int64_t tenant, const SubscriptionId& id);
    void forget();

private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept
        {
            return std::hash<std::string_view>{}(text);
        }
    };
    struct Subscriber {
        std::int64_t tenant;
        SubscriptionId id;
        bool operator==(const Subscriber&) const = default;
    };
    struct SubscriberHash {
        std::size_t operator()(const Subscriber& key) const noexcept
        {
            return std::hash<SubscriptionId>{}(key.id) ^ static_cast<std::size_t>(key.tenant);
        }
    };

    Connection& connection_;
    Statement find_tenant_, add_tenant_, find_word_, add_word_, find_subscriber_, add_subscriber_;
    Statement change_uses_, delete_unused_;
    std::unordered_map<TenantId, std::int64_t> tenants_;
    std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>> words_;
    std::unordered_map<Subscriber, std::int64_t, SubscriberHash> subscribers_;
    std::unordered_map<std::int64_t, std::int64_t> uses_;  ///< by word, since flush_uses()
};

}  // namespace katydid::store::sqlite
