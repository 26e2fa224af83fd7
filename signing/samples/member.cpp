#include "signing/samples/member.hpp"

#include <algorithm>
#include <charconv>

namespace katydid::signing::samples {
namespace {

/// "~1" is a slash and "~0" a tilde (RFC 6901, section 3).
std::string unescaped(std::string_view step)
{
    std::string text;
    for (std::size_t i = 0; i < step.size(); ++i) {
        const bool is_escape = step[i] == '~' && i + 1 < step.size()
                               && (step[i + 1] == '0' || step[i + 1] == '1');
        text += !is_escape ? step[i] : step[++i] == '1' ? '/' : '~';
    }
    return text;
}

Error wrong(std::string_view path, std::string why)
{
    return {errc::invalid_argument, std::string{path} + ": " + std::move(why)};
}

}  // namespace

std::vector<std::string> steps_of(std::string_view path)
{
    std::vector<std::string> steps;
    if (path.empty()) return steps;
    const bool is_pointer = path.starts_with('/');
    if (is_pointer) path.remove_prefix(1);
    const char between = is_pointer ? '/' : '.';
    while (true) {
        const auto end = std::min(path.find(between), path.size());
        const auto step = path.substr(0, end);
        steps.push_back(is_pointer ? unescaped(step) : std::string{step});
        if (end == path.size()) return steps;
        path.remove_prefix(end + 1);
    }
}

result<void> set_member(boost::json::value& document, std::string_view path,
                        boost::json::value value)
{
    auto* at = &document;
    for (const auto& step : steps_of(path)) {
        if (step.empty()) return wrong(path, "a step of the path is empty");
        if (auto* items = at->if_array()) {
            std::size_t index = 0;
            const auto* const end = step.data() + step.size();
            const auto read = std::from_chars(step.data(), end, index);
            if (read.ec != std::errc{} || read.ptr != end || index > items->size())
                return wrong(path, "\"" + step + "\" is no item of an array of "
                                       + std::to_string(items->size()));
            if (index == items->size()) items->emplace_back(nullptr);
            at = &(*items)[index];
            continue;
        }
        if (!at->is_object()) at->emplace_object();
        at = &at->get_object()[step];
    }
    *at = std::move(value);
    return {};
}

}  // namespace katydid::signing::samples
