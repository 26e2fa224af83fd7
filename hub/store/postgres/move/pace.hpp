// Small steps with rests between them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <thread>

namespace katydid::store::postgres {

/// What keeps a move from crowding out its neighbours: a step takes about 3 ms, which is what a
/// commit takes, and a rest of twice its time follows. So others are never held up for longer
/// than usual, and however slow a database is, they have most of it.
/// Thread safety: none.
class Pace {
public:
    /// For a step whose time is proportional to them.
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }

    template <class Work>
    void step(const Work& work)
    {
        using std::chrono::steady_clock;
        const auto start = steady_clock::now();
        work();
        const auto took = steady_clock::now() - start;
        const auto& [wanted, rows_min] = hurries_ ? hurried : gentle;
        if (took > wanted) rows_ = std::max(rows_ / 2, rows_min);
        if (took < wanted / 2) rows_ = std::min(rows_ * 2, rows_max);
        if (!hurries_)
            std::this_thread::sleep_for(
                std::min<std::chrono::nanoseconds>(2 * took, std::chrono::seconds{1}));
    }
    /// Rests no more: what changes meanwhile is never caught up with otherwise.
    void hurry() noexcept { hurries_ = true; }
    [[nodiscard]] bool hurries() const noexcept { return hurries_; }

private:
    struct Steps {
        std::chrono::milliseconds wanted;
        std::size_t rows_min;  ///< with fewer, round trips are most of a step
    };
    static constexpr Steps gentle{std::chrono::milliseconds{3}, 16};
    static constexpr Steps hurried{std::chrono::milliseconds{50}, 1'024};
    static constexpr std::size_t rows_max = 4'096;

    std::size_t rows_ = 16;
    bool hurries_ = false;
};

}  // namespace katydid::store::postgres
