// Small helpers for text: tables of names, lists.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
constexpr std::optional<Enum> value_of(const NameTable<Enum, N>& table,
                                       std::string_view name) noexcept
{
    for (const auto& [value, candidate] : table)
        if (candidate == name) return value;
    return std::nullopt;
}

/// Without what is blank at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text,
                                       std::string_view blank = " \t") noexcept;

/// ASCII letters only.
[[nodiscard]] std::string lower_case(std::string_view text);

/// A host name without the root's dot: "example.com." is the same name as "example.com".
[[nodiscard]] constexpr std::string_view without_root(std::string_view host) noexcept
{
    return host.size() > 1 && host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
}

/// Splits "a, b,c" into its trimmed, non-empty parts.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

/// An id that is unique within its scope only, as one text: "scope#id". A '#' within the id is
/// written "%23", so that no other pair has the same text ("a#b" and "c", "a" and "b#c").
[[nodiscard]] std::string scoped_id(std::string_view scope, std::string_view id);

}  // namespace katydid
