#include "hub/store/sqlite/rows/delivery_ids.hpp"

namespace katydid::store::sqlite {
namespace {

// The 80 bits are permuted by a Feistel network over two halves of 40 bits.
constexpr std::uint64_t half_mask = (std::uint64_t{1} << 40U) - 1;

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
constexpr std::uint64_t scramble(std::uint64_t value) noexcept
{
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

std::uint64_t read_big_endian(const std::uint8_t* bytes, std::size_t count) noexcept
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = (value << 8U) | bytes[i];
    return value;
}

void write_big_endian(std::uint8_t* bytes, std::size_t count, std::uint64_t value) noexcept
{
    for (std::size_t i = count; i-- > 0; value >>= 8U) bytes[i] = static_cast<std::uint8_t>(value);
}

}  // namespace

DeliveryIds::DeliveryIds(std::string_view secret) : keys_{}
{
    std::uint64_t state[2] = {};
    std::memcpy(state, secret.data(), std::min(secret.size(), sizeof state));
    std::uint64_t counter = 1;
    for (auto& key : keys_) key = scramble(state[0] + scramble(state[1] + counter++));
}

std::uint64_t DeliveryIds::mix(std::uint64_t half, int round) const noexcept
{
    return scramble(half ^ keys_[round]) & half_mask;
}

DeliveryId DeliveryIds::make(std::int64_t seq, Timestamp created_at) const noexcept
{
    const auto number = static_cast<std::uint64_t>(seq);
    std::uint64_t left = number >> 40U;  // its upper 16 bits stay zero
    std::uint64_t right = number & half_mask;
    for (int round = 0; round < rounds; ++round) {
        const auto next = left ^ mix(right, round);
        left = right;
        right = next;
    }
    IdBytes bytes{};
    write_big_endian(bytes.data(), 6,
                     static_cast<std::uint64_t>(created_at.time_since_epoch().count()));
    write_big_endian(bytes.data() + 6, 5, left);
    write_big_endian(bytes.data() + 11, 5, right);
    return DeliveryId{bytes};
}

std::optional<DeliveryIds::Row> DeliveryIds::find(const DeliveryId& id) const noexcept
{
    const auto* bytes = id.bytes().data();
    std::uint64_t left = read_big_endian(bytes + 6, 5);
    std::uint64_t right = read_big_endian(bytes + 11, 5);
    for (int round = rounds; round-- > 0;) {
        const auto before = right ^ mix(left, round);
        right = left;
        left = before;
    }
    if (left >> 22U) return std::nullopt;  // more than 62 bits: not one of ours
    const auto seq = static_cast<std::int64_t>((left << 40U) | right);
    if (seq == 0) return std::nullopt;
    return Row{seq, Timestamp{milliseconds{static_cast<std::int64_t>(read_big_endian(bytes, 6))}}};
}

}  // namespace katydid::store::sqlite
