#include "hub/core/attempt_timing.hpp"

#include <algorithm>
#include <bit>

namespace katydid {
namespace {

using Step = AttemptTiming::Step;

constexpr unsigned digit_bits = 12;
constexpr unsigned step_bits = 16;
constexpr std::uint64_t largest = ((1ULL << digit_bits) - 1) << 15U;  ///< two minutes

/// Twelve leading bits of the microseconds + 1, and how far they are shifted.
std::uint64_t pack_step(Step step) noexcept
{
    if (!step) return 0;
    const auto whole = static_cast<std::uint64_t>(std::max<std::int64_t>(step->count(), 0));
    const auto value = std::min(whole + 1, largest);
    const auto bits = static_cast<unsigned>(std::bit_width(value));
    const auto shift = bits > digit_bits ? bits - digit_bits : 0U;
    return std::uint64_t{shift} << digit_bits | value >> shift;
}

Step unpack_step(std::uint64_t packed) noexcept
{
    packed &= (1ULL << step_bits) - 1;
    if (packed == 0) return std::nullopt;
    const auto value = (packed & ((1ULL << digit_bits) - 1)) << (packed >> digit_bits);
    return std::chrono::microseconds{static_cast<std::int64_t>(value) - 1};
}

}  // namespace

std::int64_t AttemptTiming::pack() const noexcept
{
    return std::bit_cast<std::int64_t>(pack_step(dns) | pack_step(connect) << step_bits
                                       | pack_step(tls) << 2 * step_bits
                                       | pack_step(first_byte) << 3 * step_bits);
}

AttemptTiming AttemptTiming::unpack(std::int64_t packed) noexcept
{
    const auto bits = std::bit_cast<std::uint64_t>(packed);
    return {unpack_step(bits), unpack_step(bits >> step_bits), unpack_step(bits >> 2 * step_bits),
            unpack_step(bits >> 3 * step_bits)};
}

}  // namespace katydid
