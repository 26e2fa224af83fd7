#include "hub/core/text.hpp"

namespace katydid {
namespace {

/// The length of the UTF-8 sequence at the front of `bytes`, or 0 when it is not well formed.
std::size_t sequence_size(std::string_view bytes) noexcept
{
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const auto lead = at(0);
    if (lead < 0x80) return 1;
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || bytes.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((at(i) & 0xC0U) != 0x80U) return 0;
    const bool is_overlong = (lead == 0xE0 && at(1) < 0xA0) || (lead == 0xF0 && at(1) < 0x90);
    const bool is_surrogate = lead == 0xED && at(1) > 0x9F;
    const bool is_too_large = lead == 0xF4 && at(1) > 0x8F;
    return is_overlong || is_surrogate || is_too_large ? 0 : size;
}

}  // namespace

std::string_view trimmed(std::string_view text, std::string_view blank) noexcept
{
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string lower_case(std::string_view text)
{
    std::string out{text};
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::vector<std::string> split_list(std::string_view text)
{
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto comma = text.find(',');
        auto part = text.substr(0, comma);
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
        const auto first = part.find_first_not_of(" \t");
        if (first == std::string_view::npos) continue;
        part = part.substr(first, part.find_last_not_of(" \t") - first + 1);
        parts.emplace_back(part);
    }
    return parts;
}

std::string scoped_id(std::string_view scope, std::string_view id)
{
    constexpr auto npos = std::string_view::npos;
    std::string text{scope};
    text += '#';
    // An id that looks encoded is encoded once more: what is written differs as the ids do.
    if (id.find('#') == npos && id.find("%23") == npos && id.find("%25") == npos)
        return text.append(id);
    for (const char c : id) {
        if (c == '#') text += "%23";
        else if (c == '%') text += "%25";
        else text += c;
    }
    return text;
}

bool is_utf8(std::string_view bytes) noexcept
{
    while (!bytes.empty()) {
        const auto size = sequence_size(bytes);
        if (size == 0) return false;
        bytes.remove_prefix(size);
    }
    return true;
}

}  // namespace katydid
