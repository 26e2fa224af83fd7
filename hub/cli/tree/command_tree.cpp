#include "hub/cli/tree/command_tree.hpp"

#include <algorithm>
#include <cctype>

namespace katydid::cli {
namespace {

/// CLI11 knows the members of IsMember only as the text "{a,b,c}" in the type's name.
std::vector<std::string> choices_of(const std::string& type)
{
    const auto open = type.find('{');
    const auto close = type.find('}');
    std::vector<std::string> choices;
    if (open == std::string::npos || close == std::string::npos) return choices;
    std::string word;
    for (auto at = open + 1; at <= close; ++at) {
        if (type[at] != ',' && type[at] != '}') {
            word += type[at];
            continue;
        }
        choices.push_back(std::move(word));
        word.clear();
    }
    return choices;
}

std::string upper(std::string text)
{
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

std::string argument_of(const CLI::Option& option, const CommandOption& read)
{
    if (option.get_items_expected_max() == 0) return {};
    if (!read.choices.empty()) return "WORD";
    auto type = option.get_type_name();
    type = type.substr(0, type.find_first_of(": {["));
    if (type == "UINT" || type == "INT" || type == "FLOAT") return "NUMBER";
    if (type.empty() || type == "TEXT") {
        if (read.names.empty()) return upper(option.get_name(true));
        return "TEXT";
    }
    return type;
}

CommandOption read_option(const CLI::Option& option)
{
    CommandOption read;
    for (const auto& name : option.get_lnames()) read.names.push_back("--" + name);
    for (const auto& name : option.get_snames()) read.names.push_back("-" + name);
    if (option.get_positional()) read.names.clear();
    read.choices = choices_of(option.get_type_name());
    read.argument = argument_of(option, read);
    read.help = option.get_description();
    read.standard = option.get_default_str();
    if (read.argument.empty()) read.standard.clear();
    read.variable = option.get_envname();
    read.is_required = option.get_required();
    read.is_repeated = option.get_items_expected_max() > 1;
    read.is_file = read.argument == "FILE" || read.argument == "DIR";
    return read;
}

CommandNode read_node(const CLI::App& app, const std::vector<CommandOption>& above)
{
    CommandNode node;
    node.name = app.get_name();
    node.help = app.get_description();
    const auto* help = app.get_help_ptr();
    for (const auto* option : app.get_options()) {
        if (option == help) continue;
        auto read = read_option(*option);
        (read.names.empty() ? node.positionals : node.options).push_back(std::move(read));
    }
    if (app.get_fallthrough()) node.inherited = above;
    for (const auto* child : app.get_subcommands([](const CLI::App*) { return true; }))
        node.children.push_back(read_node(*child, node.options));
    if (help != nullptr) node.options.push_back(read_option(*help));
    return node;
}

}  // namespace

CommandNode read_tree(const CLI::App& app) { return read_node(app, {}); }

}  // namespace katydid::cli
