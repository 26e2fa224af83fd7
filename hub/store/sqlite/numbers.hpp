// The small numbers that stand for ids and words in the file's rows.
#pragma once

#include "hub/store/sqlite/connection.hpp"

#include <string>
#include <unordered_map>

namespace katydid::store::sqlite {

/// Numbers tenants, subscriptions and senders' words, and remembers them.
///
/// Bounded: a sender that invents words without end only costs lookups, not memory.
/// After a rollback call `forget`: what was remembered may not be in the file.
/// Thread safety: none; it belongs to the writer's thread.
class Numbers {
public:
    explicit Numbers(Connection& connection);

    std::int64_t tenant(const TenantId& id);
    std::int64_t word(std::string_view text);
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
    std::unordered_map<TenantId, std::int64_t> tenants_;
    std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>> words_;
    std::unordered_map<Subscriber, std::int64_t, SubscriberHash> subscribers_;
};

}  // namespace katydid::store::sqlite
