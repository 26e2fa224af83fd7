#include "hub/transform/presets.hpp"

#include "hub/core/codec/embedded.hpp"

#include <utility>

namespace katydid::transform {

extern const EmbeddedFiles embedded_files;

namespace {

constexpr std::string_view folder = "presets/";
constexpr std::string_view ending = ".js";
constexpr std::string_view common = "common";

std::string_view name_of(const EmbeddedFile& file)
{
    return file.name.substr(folder.size(), file.name.size() - folder.size() - ending.size());
}

}  // namespace

std::vector<std::string_view> preset_names()
{
    std::vector<std::string_view> names;
    for (const auto& file : embedded_files)
        if (name_of(file) != common) names.push_back(name_of(file));
    return names;
}

std::string_view preset_title(std::string_view name)
{
    constexpr std::pair<std::string_view, std::string_view> titles[] = {
        {"discord", "Discord"},       {"google-chat", "Google Chat"}, {"mattermost", "Mattermost"},
        {"opsgenie", "Opsgenie"},     {"pagerduty", "PagerDuty"},     {"slack", "Slack"},
        {"teams", "Microsoft Teams"},
    };
    for (const auto& [known, title] : titles)
        if (known == name) return title;
    return name;
}

std::optional<std::string> preset(std::string_view name)
{
    std::string source;
    for (const auto& file : embedded_files) {
        if (name_of(file) == common) source = file.text;
        else if (name_of(file) == name) return source.append(file.text);
    }
    return std::nullopt;
}

}  // namespace katydid::transform
