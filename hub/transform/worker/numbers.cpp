#include "hub/transform/worker/numbers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace katydid::transform::worker {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// How many characters at the front are a number by the grammar of JSON (RFC 8259, 6); 0: none.
std::size_t number_length(std::string_view text) noexcept
{
    std::size_t at = 0;
    const auto digits = [&] {
        const auto begin = at;
        while (at < text.size() && is_digit(text[at])) ++at;
        return at > begin;
    };
    const auto take = [&](std::string_view any) {
        if (at >= text.size() || any.find(text[at]) == any.npos) return false;
        ++at;
        return true;
    };
    take("-");
    if (!take("0") && !digits()) return 0;
    if (take(".") && !digits()) return 0;
    if (take("eE")) {
        take("+-");
        if (!digits()) return 0;
    }
    return at;
}

/// Whether JavaScript writes the number as it stands here. No for some that it would: those go a
/// longer way to the same end.
bool is_kept(std::string_view digits, double value)
{
    if (digits.size() <= 15 && digits.find_first_of(".eE") == digits.npos) return digits != "-0";
    if (std::abs(value) < 1e-6 || std::abs(value) >= 9'007'199'254'740'992.0) return false;
    std::array<char, 32> text{};
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value,
                                            std::chars_format::fixed);
    return error == std::errc{} && digits == std::string_view{text.data(), end};
}

/// The first character after white space.
char next_character(std::string_view text) noexcept
{
    const auto at = text.find_first_not_of(" \t\r\n");
    return at == text.npos ? '\0' : text[at];
}

std::size_t string_end(std::string_view json, std::size_t begin) noexcept
{
    auto at = begin + 1;
    while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
    return std::min(at + 1, json.size());
}

}  // namespace

std::optional<std::string> Numbers::hide(std::string_view json)
{
    std::string out;
    std::size_t copied = 0;
    for (std::size_t at = 0; at < json.size();) {
        if (json[at] == '"') {
            at = string_end(json, at);
            continue;
        }
        const auto size = number_length(json.substr(at));
        if (size == 0) {
            ++at;
            continue;
        }
        const std::string digits{json.substr(at, size)};
        const auto value = std::strtod(digits.c_str(), nullptr);
        // A number as a name, or with something at its end, is no JSON: it must not become some.
        const auto next = next_character(json.substr(at + size));
        if (!is_kept(digits, value)
            && (next == ',' || next == '}' || next == ']' || next == '\0')) {
            const bool is_big = digits.find_first_of(".eE") == digits.npos && value != 0;
            out.append(json.substr(copied, at - copied));
            out.append('"' + add({.digits = digits, .value = value, .is_big = is_big}) + '"');
            copied = at + size;
        }
        at += size;
    }
    if (copied == 0) return std::nullopt;
    return out.append(json.substr(copied));
}

const Numbers::Number* Numbers::find(std::string_view placeholder) const
{
    if (!placeholder.starts_with(mark_)) return nullptr;
    const auto digits = placeholder.substr(mark_.size());
    std::size_t index = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), index);
    return index < numbers_.size() ? &numbers_[index] : nullptr;
}

std::string Numbers::placeholder(std::string digits)
{
    return add({.digits = std::move(digits), .value = 0, .is_big = true});
}

std::optional<std::string> Numbers::placeholder_of(double value) const
{
    const auto found = by_value_.find(std::bit_cast<std::uint64_t>(value));
    if (found == by_value_.end()) return std::nullopt;
    return mark_ + std::to_string(found->second);
}

std::string Numbers::show(std::string json) const
{
    const auto quoted = '"' + mark_;
    std::string out;
    std::size_t copied = 0;
    for (auto at = json.find(quoted); at != json.npos; at = json.find(quoted, copied)) {
        const auto end = string_end(json, at);
        const auto* const number = find(std::string_view{json}.substr(at + 1, end - at - 2));
        out.append(json, copied, at - copied).append(number == nullptr ? "null" : number->digits);
        copied = end;
    }
    return copied == 0 ? std::move(json) : out.append(json, copied);
}

void Numbers::clear()
{
    numbers_.clear();
    by_value_.clear();
}

std::string Numbers::add(Number number)
{
    if (!number.is_big)
        by_value_.try_emplace(std::bit_cast<std::uint64_t>(number.value), numbers_.size());
    numbers_.push_back(std::move(number));
    return mark_ + std::to_string(numbers_.size() - 1);
}

}  // namespace katydid::transform::worker
