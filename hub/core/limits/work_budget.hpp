// How much work something may cost.
#pragma once

#include <chrono>
#include <cstdint>

namespace katydid {

/// Counts work down, in units of some ten nanoseconds: what has a bound in units has one in time.
///
/// A part can belong to a whole: it then ends with its own share or with what the whole has left,
/// whichever comes first. The whole outlives its parts. Thread safety: none.
class WorkBudget {
public:
    static constexpr std::chrono::nanoseconds unit{10};

    explicit WorkBudget(std::uint64_t units, WorkBudget* whole = nullptr) noexcept
        : left_{units},
          whole_{whole}
    {}

    /// Asked before the work is done. False: it must not be done, nor anything that comes later.
    bool spend(std::uint64_t units) noexcept
    {
        if (is_spent_) return false;
        if (units > left_ || (whole_ != nullptr && !whole_->spend(units))) {
            is_spent_ = true;
            return false;
        }
        left_ -= units;
        used_ += units;
        return true;
    }

    /// For what is known to cost more than there is.
    void exhaust() noexcept { is_spent_ = true; }

    [[nodiscard]] std::uint64_t used() const noexcept { return used_; }
    [[nodiscard]] bool is_spent() const noexcept { return is_spent_; }

private:
    std::uint64_t left_;
    std::uint64_t used_ = 0;
    WorkBudget* whole_;
    bool is_spent_ = false;
};

}  // namespace katydid
