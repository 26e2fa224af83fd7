// What doctor says: what was looked at, what is wrong, and the fix.
#pragma once

#include <string>
#include <vector>

namespace katydid::cli::doctor {

enum class Weight { ok, warning, fault };

struct Finding {
    Weight weight = Weight::ok;
    std::string check;  ///< a word: "clock"
    std::string what;   ///< a sentence
    std::string hint;   ///< a sentence that says what to do; empty when it is well
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

}  // namespace katydid::cli::doctor
