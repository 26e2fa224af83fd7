// Which of many filters let an event through, without asking most of them.
#pragma once

#include "hub/filter/evaluate.hpp"
#include "hub/filter/paths.hpp"
#include "hub/filter/program.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace katydid::filter {

/// A filter that cannot pass unless one of these values stands at this path.
struct Anchor {
    std::uint32_t path = 0;
    std::vector<Scalar> values;
};

/// Every equality that a bound program cannot do without. Pure.
[[nodiscard]] std::vector<Anchor> anchors_of(const Program& program);

/// Filters of one table by the value that they need: an event asks those filters only that need
/// what it has, and those that need nothing in particular.
///
/// It does not own the paths. Thread safety: none.
class Selector {
public:
    using Member = std::uint64_t;  ///< the caller's own name of a filter

    /// Adds or replaces. \param program  bound to the paths of every select()
    void add(Member member, std::shared_ptr<const Program> program);
    void remove(Member member);

    /// Tells each member that passes, and each of which it could not be found out; some of them
    /// perhaps twice.
    /// \param work  what this may cost
    void select(Paths& paths, WorkBudget& work,
                const std::function<void(Member, Answer)>& tell) const;
    [[nodiscard]] bool empty() const noexcept { return anchors_.empty(); }

private:
    struct Entry {
        Member member;
        std::shared_ptr<const Program> program;
    };
    using Entries = std::vector<Entry>;
    using Values = std::unordered_map<Scalar, Entries>;

    [[nodiscard]] const Anchor* best_of(const std::vector<Anchor>& anchors) const;

    std::map<std::uint32_t, Values> by_path_;
    Entries others_;  ///< without an anchor
    std::unordered_map<Member, std::optional<Anchor>> anchors_;
};

}  // namespace katydid::filter
