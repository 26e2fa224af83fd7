// What a check says: what was looked at, what is wrong, and the fix.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace katydid::checks {

enum class Weight { ok, warning, fault };
[[nodiscard]] std::string_view to_text(Weight weight) noexcept;

struct Finding {
    Weight weight = Weight::ok;
    std::string check;  ///< a word: "clock"
    std::string what;   ///< a sentence
    std::string hint;   ///< what to do; empty when it is well, or `what` says it
};

using Findings = std::vector<Finding>;

inline Finding well(std::string check, std::string what)
{
    return {Weight::ok, std::move(check), std::move(what), {}};
}
inline Finding warning(std::string check, std::string what, std::string hint)
{
    return {Weight::warning, std::move(check), std::move(what), std::move(hint)};
}
inline Finding fault(std::string check, std::string what, std::string hint)
{
    return {Weight::fault, std::move(check), std::move(what), std::move(hint)};
}

[[nodiscard]] bool has_fault(const Findings& findings);

}  // namespace katydid::checks
