#include "hub/store/sqlite/rows/delivery_ids.hpp"

namespace katydid::store::sqlite {
namespace {

// Row numbers and what is added to them stay below 2^47 each, so a sum never wraps.
constexpr std::uint64_t number_mask = (std::uint64_t{1} << 47U) - 1;

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

std::uint64_t DeliveryIds::offset_at(std::uint64_t time) const noexcept
{
    return scramble(scramble(time ^ keys_[0]) ^ keys_[1]) & number_mask;
}

std::uint32_t DeliveryIds::check_of(std::uint64_t time, std::uint64_t number) const noexcept
{
    const auto mixed = scramble(scramble(time ^ keys_[2]) ^ number ^ keys_[3]);
    return static_cast<std::uint32_t>(mixed >> 32U);
}

DeliveryId DeliveryIds::make(std::int64_t seq, Timestamp created_at) const noexcept
{
    const auto number = static_cast<std::uint64_t>(seq) & number_mask;
    const auto time = static_cast<std::uint64_t>(created_at.time_since_epoch().count());
    IdBytes bytes{};
    write_big_endian(bytes.data(), 6, time);
    write_big_endian(bytes.data() + 6, 6, number + offset_at(time));
    write_big_endian(bytes.data() + 12, 4, check_of(time, number));
    return DeliveryId{bytes};
}

std::optional<DeliveryIds::Row> DeliveryIds::find(const DeliveryId& id) const noexcept
{
    const auto* bytes = id.bytes().data();
    const auto time = read_big_endian(bytes, 6);
    const auto number = read_big_endian(bytes + 6, 6) - offset_at(time);
    const bool is_ours = number != 0 && number <= number_mask
                         && read_big_endian(bytes + 12, 4) == check_of(time, number);
    if (!is_ours) return std::nullopt;
    return Row{static_cast<std::int64_t>(number),
               Timestamp{milliseconds{static_cast<std::int64_t>(time)}}};
}

}  // namespace katydid::store::sqlite
