#include "hub/cli/tree/completion.hpp"

#include <functional>

namespace katydid::cli {
namespace {

using Visit = std::function<void(const CommandNode&, const std::string& path)>;

/// Every node with its path: "katydid events list".
void walk(const CommandNode& node, const std::string& path, const Visit& visit)
{
    visit(node, path);
    for (const auto& child : node.children) walk(child, path + " " + child.name, visit);
}

void each_option(const CommandNode& node, const std::function<void(const CommandOption&)>& visit)
{
    for (const auto& option : node.options) visit(option);
    for (const auto& option : node.inherited) visit(option);
}

/// 'text' for a shell.
std::string quoted(const std::string& text)
{
    std::string safe = "'";
    for (const char c : text)
        if (c == '\'') safe += "'\\''";
        else safe += c;
    return safe + "'";
}

/// The same for fish, where a backslash is special between quotes.
std::string fish_quoted(const std::string& text)
{
    std::string safe = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') safe += '\\';
        safe += c;
    }
    return safe + "'";
}

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const auto& word : words) text.append(text.empty() ? "" : " ").append(word);
    return text;
}

bool takes_file(const CommandNode& node)
{
    for (const auto& positional : node.positionals)
        if (positional.is_file) return true;
    return false;
}

/// `"katydid events") at="katydid events" ;;` for every command below the root.
std::string path_cases(const CommandNode& root, const char* variable)
{
    std::string text;
    walk(root, root.name, [&](const CommandNode& node, const std::string& path) {
        if (&node == &root) return;
        text += "      \"" + path + "\") " + variable + "=\"" + path + "\" ;;\n";
    });
    return text;
}

/// What may follow an option that takes a value.
std::string value_cases(const CommandNode& root, const std::string& files,
                        const std::function<std::string(const std::string&)>& words)
{
    std::string text;
    walk(root, root.name, [&](const CommandNode& node, const std::string& path) {
        each_option(node, [&](const CommandOption& option) {
            if (option.argument.empty()) return;
            std::string pattern;
            for (const auto& name : option.names)
                pattern.append(pattern.empty() ? "" : "|").append("\"" + path + "|" + name + "\"");
            const auto action = option.is_file            ? files
                                : !option.choices.empty() ? words(joined(option.choices))
                                                          : std::string{};
            text += "    " + pattern + ") " + action + (action.empty() ? "" : "; ") + "return ;;\n";
        });
    });
    return text;
}

std::string all_words(const CommandNode& node)
{
    std::vector<std::string> words;
    for (const auto& child : node.children) words.push_back(child.name);
    each_option(node, [&](const CommandOption& option) {
        words.insert(words.end(), option.names.begin(), option.names.end());
    });
    for (const auto& positional : node.positionals)
        words.insert(words.end(), positional.choices.begin(), positional.choices.end());
    return joined(words);
}

/// 'word:help' for _describe, whose separator must be escaped.
std::string described(const std::string& word, const std::string& help)
{
    std::string text;
    for (const char c : word) {
        if (c == ':') text += '\\';
        text += c;
    }
    return quoted(text + ":" + help);
}

}  // namespace

std::string bash_completion(const CommandNode& root)
{
    std::string text = "# bash completion for katydid; written by `katydid completion bash`.\n"
                       "_katydid()\n{\n"
                       "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                       "  local at="
                       + root.name
                       + " i\n"
                         "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
                         "    case \"$at ${COMP_WORDS[i]}\" in\n"
                       + path_cases(root, "at")
                       + "    esac\n  done\n  COMPREPLY=()\n  case \"$at|$prev\" in\n"
                       + value_cases(root, "COMPREPLY=($(compgen -f -- \"$cur\"))",
                                     [](const std::string& words) {
                                         return "COMPREPLY=($(compgen -W \"" + words
                                                + "\" -- \"$cur\"))";
                                     })
                       + "  esac\n  case \"$at\" in\n";
    walk(root, root.name, [&](const CommandNode& node, const std::string& path) {
        text += "    \"" + path + "\") COMPREPLY=($(compgen -W \"" + all_words(node)
                + "\" -- \"$cur\")";
        text += takes_file(node) ? " $(compgen -f -- \"$cur\")) ;;\n" : ") ;;\n";
    });
    return text + "  esac\n}\ncomplete -o filenames -F _katydid " + root.name + "\n";
}

std::string zsh_completion(const CommandNode& root)
{
    std::string text = "#compdef " + root.name
                       + "\n# zsh completion for katydid; written by `katydid completion zsh`.\n"
                         "_katydid()\n{\n"
                         "  local at="
                       + root.name
                       + " i prev=${words[CURRENT-1]}\n"
                         "  local -a items\n"
                         "  for ((i = 2; i < CURRENT; ++i)); do\n"
                         "    case \"$at ${words[i]}\" in\n"
                       + path_cases(root, "at") + "    esac\n  done\n  case \"$at|$prev\" in\n"
                       + value_cases(root, "_files",
                                     [](const std::string& words) { return "compadd -- " + words; })
                       + "  esac\n  case \"$at\" in\n";
    walk(root, root.name, [&](const CommandNode& node, const std::string& path) {
        std::string items;
        for (const auto& child : node.children) items += " " + described(child.name, child.help);
        each_option(node, [&](const CommandOption& option) {
            for (const auto& name : option.names) items += " " + described(name, option.help);
        });
        for (const auto& positional : node.positionals)
            for (const auto& word : positional.choices)
                items += " " + described(word, positional.help);
        text += "    \"" + path + "\") items=(" + items + (items.empty() ? ")" : " )");
        text += takes_file(node) ? "; _files ;;\n" : " ;;\n";
    });
    return text + "  esac\n  _describe -t commands " + root.name
           + " items\n}\n"
             "if [ \"${funcstack[1]}\" = _katydid ]; then _katydid \"$@\"; else compdef _katydid "
           + root.name + "; fi\n";
}

std::string fish_completion(const CommandNode& root)
{
    std::string paths;
    std::string lines;
    walk(root, root.name, [&](const CommandNode& node, const std::string& path) {
        if (&node != &root) paths += " " + fish_quoted(path);
        const auto start = "complete -c " + root.name + " -n '__katydid_at \"" + path + "\"' ";
        for (const auto& child : node.children)
            lines += start + "-a " + child.name + " -d " + fish_quoted(child.help) + "\n";
        each_option(node, [&](const CommandOption& option) {
            lines += start;
            for (const auto& name : option.names)
                lines += name.starts_with("--") ? "-l " + name.substr(2) + " "
                                                : "-s " + name.substr(1) + " ";
            if (!option.argument.empty()) lines += "-r ";
            if (option.is_file) lines += "-F ";
            if (!option.choices.empty())
                lines += "-f -a " + fish_quoted(joined(option.choices)) + " ";
            lines += "-d " + fish_quoted(option.help) + "\n";
        });
        for (const auto& positional : node.positionals) {
            if (positional.is_file) lines += start + "-F\n";
            if (!positional.choices.empty())
                lines += start + "-a " + fish_quoted(joined(positional.choices)) + "\n";
        }
    });
    return "# fish completion for katydid; written by `katydid completion fish`.\n"
           "set -g __katydid_paths"
           + paths
           + "\n"
             "function __katydid_at\n    set -l at "
           + root.name
           + "\n"
             "    for word in (commandline -opc)[2..-1]\n"
             "        if contains -- \"$at $word\" $__katydid_paths\n"
             "            set at \"$at $word\"\n        end\n    end\n"
             "    test \"$at\" = \"$argv[1]\"\nend\n"
             "complete -c "
           + root.name + " -f\n" + lines;
}

}  // namespace katydid::cli
