#include "hub/core/json/write.hpp"

#include <boost/json.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace katydid::json_text {
namespace {

namespace json = boost::json;

void append_number(std::string& text, double number)
{
    std::array<char, 64> digits{};
    const auto size = std::abs(number);
    const bool is_plain = size == 0 || (size >= 1e-6 && size < 1e15);
    const auto format = is_plain ? std::chars_format::fixed : std::chars_format::scientific;
    const auto written = std::to_chars(digits.begin(), digits.end(), number, format);
    text.append(digits.data(), written.ptr);
}

void append(std::string& text, const json::value& value)
{
    char before = '[';
    if (const auto* array = value.if_array()) {
        for (const auto& item : *array) {
            text += std::exchange(before, ',');
            append(text, item);
        }
        text += array->empty() ? "[]" : "]";
    } else if (const auto* object = value.if_object()) {
        before = '{';
        for (const auto& [name, member] : *object) {
            text += std::exchange(before, ',');
            text.append(json::serialize(name)).append(":");
            append(text, member);
        }
        text += object->empty() ? "{}" : "}";
    } else if (const auto* number = value.if_double()) {
        append_number(text, *number);
    } else {
        text += json::serialize(value);
    }
}

}  // namespace

std::string write(const json::value& value)
{
    std::string text;
    append(text, value);
    return text;
}

}  // namespace katydid::json_text
