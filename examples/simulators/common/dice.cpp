#include "examples/simulators/common/dice.hpp"

namespace katydid::simulators {

std::string Dice::uuid()
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx";
    for (char& letter : text)
        if (letter == 'x') letter = digits[below(16)];
    return text;
}

std::string Dice::name(const char* prefix, std::uint64_t bound)
{
    return prefix + std::to_string(below(bound));
}

}  // namespace katydid::simulators
