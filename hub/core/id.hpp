// Prefixed, time-ordered identifiers: evt_01J9Z3….
#pragma once

#include "hub/core/clock.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace katydid {

/// The 16 bytes of a ULID: 48 bits of Unix milliseconds, 80 random bits, big-endian, so that
/// bytes, text and creation time sort alike (https://github.com/ulid/spec).
using IdBytes = std::array<std::uint8_t, 16>;

std::string to_ulid_text(const IdBytes& bytes);                 ///< 26 Crockford base32 digits
std::optional<IdBytes> parse_ulid_text(std::string_view text);  ///< upper case only

/// A ULID that knows what it names. Its text form is the tag's prefix and 26 digits.
template <class Tag>
class Id {
public:
    constexpr Id() = default;
    constexpr explicit Id(const IdBytes& bytes) : bytes_{bytes} {}

    [[nodiscard]] std::string to_string() const { return Tag::prefix + to_ulid_text(bytes_); }

    [[nodiscard]] static std::optional<Id> parse(std::string_view text)
    {
        const std::string_view prefix{Tag::prefix};
        if (!text.starts_with(prefix)) return std::nullopt;
        const auto bytes = parse_ulid_text(text.substr(prefix.size()));
        if (!bytes) return std::nullopt;
        return Id{*bytes};
    }

    [[nodiscard]] constexpr const IdBytes& bytes() const noexcept { return bytes_; }
    [[nodiscard]] constexpr bool is_nil() const noexcept { return bytes_ == IdBytes{}; }
    friend constexpr auto operator<=>(const Id&, const Id&) = default;

private:
    IdBytes bytes_{};
};

struct TenantTag {
    static constexpr const char* prefix = "ten_";
};
struct SourceTag {
    static constexpr const char* prefix = "src_";
};
struct EventTag {
    static constexpr const char* prefix = "evt_";
};
struct SubscriptionTag {
    static constexpr const char* prefix = "sub_";
};
struct DeliveryTag {
    static constexpr const char* prefix = "dlv_";
};
struct AttemptTag {
    static constexpr const char* prefix = "att_";
};
struct KeyTag {
    static constexpr const char* prefix = "key_";
};

struct RejectedTag {
    static constexpr const char* prefix = "rej_";
};
struct JobTag {
    static constexpr const char* prefix = "job_";
};
struct ConsumerTag {
    static constexpr const char* prefix = "con_";
};

using TenantId = Id<TenantTag>;
using SourceId = Id<SourceTag>;
using EventId = Id<EventTag>;
using SubscriptionId = Id<SubscriptionTag>;
using DeliveryId = Id<DeliveryTag>;
using AttemptId = Id<AttemptTag>;
using KeyId = Id<KeyTag>;
using RejectedId = Id<RejectedTag>;
using JobId = Id<JobTag>;
using ConsumerId = Id<ConsumerTag>;

/// The tenant of a hub that has only one: ten_00000000000000000000000001.
constexpr TenantId default_tenant() noexcept
{
    IdBytes bytes{};
    bytes[15] = 1;
    return TenantId{bytes};
}

/// Makes ids. Within one instance they strictly increase, also inside one millisecond.
///
/// Thread safety: none; each event loop owns one.
class IdSource {
public:
    /// \param seed  of the random bits; std::random_device in production, fixed in tests
    IdSource(const Clock& clock, std::uint64_t seed) : clock_{clock}, random_{seed} {}

    template <class IdType>
    [[nodiscard]] IdType make()
    {
        return IdType{next()};
    }

private:
    IdBytes next();

    const Clock& clock_;
    std::mt19937_64 random_;
    IdBytes last_{};
};

/// 64 bits of the system's randomness, for seeds.
std::uint64_t random_seed();

}  // namespace katydid

template <class Tag>
struct std::hash<katydid::Id<Tag>> {
    std::size_t operator()(const katydid::Id<Tag>& id) const noexcept
    {
        // The low bytes are random; they are hash enough.
        std::size_t value = 0;
        std::memcpy(&value, id.bytes().data() + 8, sizeof value);
        return value;
    }
};
