#include "signing/json_text.hpp"

#include <vector>

namespace katydid::signing {
namespace {

/// How often one of the characters stands outside of the strings of a JSON text.
std::size_t count_outside_strings(std::string_view text, std::string_view wanted) noexcept
{
    std::size_t count = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') in_string = !in_string;
        else if (in_string && c == '\\') ++i;
        else if (!in_string && wanted.find(c) != std::string_view::npos) ++count;
    }
    return count;
}

}  // namespace

std::size_t count_json_values(std::string_view text) noexcept
{
    return count_outside_strings(text, ",[{");
}

/// Every member of the text has one colon, and the document has each name of an object once.
bool has_repeated_member(std::string_view text, const boost::json::value& document)
{
    std::size_t members = 0;
    std::vector<const boost::json::value*> waiting{&document};
    while (!waiting.empty()) {
        const auto* const value = waiting.back();
        waiting.pop_back();
        if (const auto* array = value->if_array())
            for (const auto& item : *array) waiting.push_back(&item);
        if (const auto* object = value->if_object()) {
            members += object->size();
            for (const auto& member : *object) waiting.push_back(&member.value());
        }
    }
    return members != count_outside_strings(text, ":");
}

}  // namespace katydid::signing
