// Numbers whose digits JavaScript would lose, carried past it.
//
// JavaScript's numbers are doubles, and this engine's JSON does not tell a program how a number was
// written. So such a number is replaced in the JSON text by a text that no payload has, the
// engine's parser makes a value of it, and where that value is written again, the text is replaced
// by the digits. Pure: no engine.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace katydid::transform::worker {

class Numbers {
public:
    /// \param mark  what placeholders begin with: letters and digits that cannot be guessed
    explicit Numbers(std::string mark) : mark_{std::move(mark)} {}

    /// The same JSON with a placeholder (a string) for each number that JavaScript would write
    /// otherwise; nullopt: there is none. Text that is no JSON stays so.
    std::optional<std::string> hide(std::string_view json);

    struct Number {
        std::string digits;
        double value;
        bool is_big;  ///< an integer beyond 2^53, which JavaScript has as a BigInt
    };
    /// The number a placeholder stands for, or nullptr.
    [[nodiscard]] const Number* find(std::string_view placeholder) const;

    /// A placeholder for digits that are to be written.
    std::string placeholder(std::string digits);
    /// A placeholder for the digits a hidden number had; nullopt: there was none with that value.
    [[nodiscard]] std::optional<std::string> placeholder_of(double value) const;
    /// JSON with digits for the placeholders.
    [[nodiscard]] std::string show(std::string json) const;

    /// Forgets everything but the mark.
    void clear();

private:
    std::string add(Number number);

    std::string mark_;
    std::vector<Number> numbers_;
    std::unordered_map<std::uint64_t, std::size_t> by_value_;  ///< bits of a double to the first
};

}  // namespace katydid::transform::worker
