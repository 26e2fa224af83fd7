// What is wrong with a JSON document, and where.
#pragma once

#include <string>
#include <string_view>

namespace katydid {

struct Fault {
    std::string pointer;  ///< RFC 6901
    std::string detail;   ///< what is expected, as the end of a sentence: "must be true or false"
};

/// A pointer to a member of what `pointer` names.
[[nodiscard]] inline std::string pointer_to(std::string_view pointer, std::string_view name)
{
    std::string text{pointer};
    text += '/';
    for (const char c : name)
        if (c == '~') text += "~0";
        else if (c == '/') text += "~1";
        else text += c;
    return text;
}

}  // namespace katydid
