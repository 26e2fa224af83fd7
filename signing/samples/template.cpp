#include "signing/samples/template.hpp"

#include "hub/core/id.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

namespace katydid::signing::samples {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view decimal_digits = "0123456789";
constexpr std::string_view letters
    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

std::int64_t number_of(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size())
        throw std::invalid_argument{"no number in a template: " + std::string{text}};
    return value;
}

}  // namespace

std::string Template::characters(std::string_view alphabet, std::size_t count)
{
    std::uniform_int_distribution<std::size_t> any{0, alphabet.size() - 1};
    std::string made;
    // A number has no zero in front.
    while (made.size() < count)
        if (const char c = alphabet[any(random_)]; !made.empty() || c != '0') made += c;
    return made;
}

/// RFC 9562, version 4.
std::string Template::uuid()
{
    auto text = characters(hex_digits, 32);
    text[12] = '4';
    text[16] = "89ab"[random_() % 4];
    for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, 1, '-');
    return text;
}

std::string Template::time(std::string_view kind, std::chrono::seconds offset) const
{
    const auto at = now_ + offset;
    const auto count = std::chrono::floor<milliseconds>(at.time_since_epoch()).count();
    if (kind == "unix") return std::to_string(count / 1000);
    if (kind == "millis") return std::to_string(count);
    if (kind == "timems") return to_rfc3339(at);
    if (kind == "time") return to_rfc3339(at).substr(0, 19) + "Z";
    throw std::invalid_argument{"no such kind of a template: " + std::string{kind}};
}

std::string Template::make(std::string_view inside)
{
    if (const auto equals = inside.find('='); equals != std::string_view::npos) {
        auto value = make(inside.substr(equals + 1));
        names_[std::string{inside.substr(0, equals)}] = value;
        return value;
    }
    if (const auto known = names_.find(inside); known != names_.end()) return known->second;
    if (inside == "uuid") return uuid();
    if (inside == "ulid") {
        IdBytes bytes{};
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random_());
        bytes[0] = 1;
        return to_ulid_text(bytes);
    }
    if (const auto space = inside.find(' '); space != std::string_view::npos) {
        const auto kind = inside.substr(0, space);
        const auto count = static_cast<std::size_t>(number_of(inside.substr(space + 1)));
        if (kind == "id") return characters(letters, count);
        if (kind == "hex") return characters(hex_digits, count);
        if (kind == "digits") return characters(decimal_digits, count);
    }
    const auto sign = inside.find_first_of("+-");
    if (sign == std::string_view::npos) return time(inside, std::chrono::seconds{0});
    const auto seconds = number_of(inside.substr(sign + 1));
    return time(inside.substr(0, sign),
                std::chrono::seconds{inside[sign] == '-' ? -seconds : seconds});
}

std::string Template::fill(std::string_view text)
{
    std::string filled;
    while (!text.empty()) {
        const auto open = text.find('{');
        filled.append(text.substr(0, open));
        if (open == std::string_view::npos) break;
        text.remove_prefix(open + 1);
        if (text.starts_with('{')) {
            filled += '{';
            text.remove_prefix(1);
            continue;
        }
        const auto close = text.find('}');
        if (close == std::string_view::npos)
            throw std::invalid_argument{"a template has no end: " + std::string{text}};
        filled += make(text.substr(0, close));
        text.remove_prefix(close + 1);
    }
    return filled;
}

void Template::fill(boost::json::value& value)
{
    if (auto* object = value.if_object()) {
        for (auto& member : *object) fill(member.value());
    } else if (auto* array = value.if_array()) {
        for (auto& item : *array) fill(item);
    } else if (auto* text = value.if_string()) {
        const std::string written{*text};
        if (written.starts_with("{#") && written.ends_with('}')) {
            const auto inside = std::string_view{written}.substr(2, written.size() - 3);
            value = number_of(make(inside));
        } else value = fill(written);
    }
}

}  // namespace katydid::signing::samples
