#include "bench/report/pretty.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace katydid::bench {

namespace json = boost::json;

namespace {

bool is_flat(const json::value& value)
{
    const auto holds_none = [](const json::value& item) { return !item.is_structured(); };
    if (const auto* array = value.if_array())
        return std::all_of(array->begin(), array->end(), holds_none);
    if (const auto* object = value.if_object())
        return std::all_of(object->begin(), object->end(),
                           [&](const auto& member) { return holds_none(member.value()); });
    return true;
}

std::string number_text(double value)
{
    char text[40];
    const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
    std::snprintf(text, sizeof text, whole ? "%.0f" : "%.6g", value);
    return text;
}

void write(const json::value& value, std::size_t depth, std::string& out)
{
    if (value.is_double()) {
        out += number_text(value.get_double());
        return;
    }
    if (!value.is_structured()) {
        out += json::serialize(value);
        return;
    }
    const bool flat = is_flat(value);
    const auto begin_item = [&](bool first) {
        out += first ? "" : flat ? ", " : ",";
        if (!flat) out += '\n' + std::string(2 * depth + 2, ' ');
    };
    bool first = true;
    out += value.is_array() ? '[' : '{';
    if (const auto* array = value.if_array()) {
        for (const auto& item : *array) {
            begin_item(std::exchange(first, false));
            write(item, depth + 1, out);
        }
    } else {
        for (const auto& member : value.get_object()) {
            begin_item(std::exchange(first, false));
            out += json::serialize(json::value(member.key())) + ": ";
            write(member.value(), depth + 1, out);
        }
    }
    if (!flat && !first) out += '\n' + std::string(2 * depth, ' ');
    out += value.is_array() ? ']' : '}';
}

}  // namespace

std::string to_pretty(const json::value& value)
{
    std::string out;
    write(value, 0, out);
    return out + '\n';
}

}  // namespace katydid::bench
