// Small steps with rests between them.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <thread>

namespace katydid::store::postgres {

/// What keeps a move from crowding out its neighbours: a step takes about as long as a few commits,
/// and a rest of many times that follows, so that most of them never meet one.
/// Thread safety: none.
class Pace {
public:
    /// Steps of another kind follow: the time that rows took says nothing about theirs.
    void begin() noexcept
    {
        rows_ = rows_first;
        fastest_ = fastest_first;
    }
    /// For a step whose time is proportional to them.
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }

    template <class Work>
    void step(const Work& work)
    {
        const auto start = SteadyClock::now();
        work();
        const auto took = SteadyClock::now() - start;
        fastest_ = std::min(fastest_, took);
        const auto& [least, rests, rows_min] = tempos[tempo_];
        // Where round trips are slow, steps of few rows would be nothing else.
        const auto wanted = std::max<Duration>(least, 2 * fastest_);
        if (took > wanted) rows_ = std::max(rows_ / 2, rows_min);
        if (took < wanted / 2) rows_ = std::min(rows_ * 2, rows_max);
        if (rests > 0) std::this_thread::sleep_for(std::min<Duration>(rests * took, rest_max));
    }
    /// Places in `tempos`: rests less, and no more.
    static constexpr std::size_t brisk = 1, restless = 2;
    /// What changes meanwhile is never caught up with otherwise.
    void hurry_to(std::size_t tempo) noexcept { tempo_ = std::max(tempo_, tempo); }
    [[nodiscard]] bool rests() const noexcept { return tempos[tempo_].rests > 0; }

private:
    using SteadyClock = std::chrono::steady_clock;
    using Duration = SteadyClock::duration;
    struct Tempo {
        std::chrono::milliseconds step;
        int rests = 0;  ///< times as long as a step took
        std::size_t rows_min = 16;
    };

    static constexpr std::array<Tempo, 3> tempos{{{std::chrono::milliseconds{10}, 15, 16},
                                                  {std::chrono::milliseconds{10}, 5, 64},
                                                  {std::chrono::milliseconds{50}, 0, 1'024}}};
    static constexpr std::size_t rows_max = 4'096;
    static constexpr std::chrono::seconds rest_max{1};

    static constexpr std::size_t rows_first = 64;
    static constexpr Duration fastest_first = std::chrono::seconds{1};

    Duration fastest_ = fastest_first;
    std::size_t rows_ = rows_first;
    std::size_t tempo_ = 0;
};

}  // namespace katydid::store::postgres
