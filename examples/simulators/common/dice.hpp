// Chance by seed: the same seed gives the same webhooks on every machine.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>

namespace katydid::simulators {

/// Draws numbers, picks and identifiers.
///
/// Not std::uniform_int_distribution, whose results differ between standard libraries.
/// Thread safety: none.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : random_{seed} {}

    /// A number in [0, bound); bound is at least 1.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
    /// A number in [low, high].
    [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high)
    {
        return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
    }
    [[nodiscard]] bool one_in(std::uint64_t n) { return below(n) == 0; }

    template <class T, std::size_t N>
    [[nodiscard]] const T& pick(const std::array<T, N>& choices)
    {
        return choices[below(N)];
    }

    /// A version 4 UUID, as the platforms' databases make them.
    [[nodiscard]] std::string uuid();
    /// "res_42": a prefix and a number below `bound`, so that things come up again.
    [[nodiscard]] std::string name(const char* prefix, std::uint64_t bound);

private:
    std::mt19937_64 random_;
};

}  // namespace katydid::simulators
