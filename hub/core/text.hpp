// A table of an enumeration's names, read both ways.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace katydid {

template <class Enum, std::size_t N>
using NameTable = std::array<std::pair<Enum, std::string_view>, N>;

template <class Enum, std::size_t N>
constexpr std::string_view name_of(const NameTable<Enum, N>& table, Enum value) noexcept
{
    for (const auto& [candidate, name] : table)
        if (candidate == value) return name;
    return "unknown";
}

template <class Enum, std::size_t N>
constexpr std::optional<Enum> value_of(const NameTable<Enum, N>& table, std::string_view name) noexcept
{
    for (const auto& [value, candidate] : table)
        if (candidate == name) return value;
    return std::nullopt;
}

}  // namespace katydid
