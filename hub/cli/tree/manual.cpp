#include "hub/cli/tree/manual.hpp"

#include "hub/cli/tree/examples.hpp"

#include <algorithm>
#include <string_view>

namespace katydid::cli {
namespace {

struct Paragraph {
    const char* title;
    const char* text;
};

constexpr Paragraph exit_states[] = {
    {"0", "Done; or the answer is yes."},
    {"1", "The answer is no: not found, not verified, in conflict, not delivered."},
    {"2", "Wrong usage: of the command line, a setting, or refused by the hub as a mistake of the"
          " caller (400, 401, 403, 413, 422)."},
    {"3", "The hub could not be reached, could not answer now (429, 5xx), or could not start."},
    {"130", "Ended by Ctrl-C; what the hub was asked to do goes on."}};

constexpr Paragraph variables[] = {
    {"KATYDID_URL", "Where commands find the hub."},
    {"KATYDID_API_KEY", "Who they are. It is not an option, so that it is not seen by others on "
                        "the machine."},
    {"KATYDID_API_KEY_FILE", "A file with that key, instead."},
    {"KATYDID_TENANT", "Operators: for which tenant they act."},
    {"KATYDID_CA_FILE", "PEM certificates to trust over https, instead of the system's."},
    {"NO_COLOR", "No colour, also on a terminal."}};

constexpr std::string_view output_text
    = "Tables, colour and progress bars are for terminals. Elsewhere lists are lines of cells "
      "between tabs, without titles; with --json they are one JSON value, as the API gives it.";

/// Text for roff: a leading dot or quote would be a request, a backslash an escape.
std::string roff(std::string_view text)
{
    std::string safe;
    if (text.starts_with('.') || text.starts_with('\'')) safe += "\\&";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\\') safe += "\\e";
        else if (c == '-') safe += "\\-";
        else if (text.substr(i).starts_with("\xE2\x80\xA6")) {
            safe += "...";
            i += 2;
        } else safe += c;
    }
    return safe;
}

/// Text for a cell of a table.
std::string cell(std::string_view text)
{
    std::string safe;
    for (const char c : text) {
        if (c == '|' || c == '<') safe += '\\';
        safe += c;
    }
    return safe;
}

std::string names_of(const CommandOption& option)
{
    std::string text;
    for (const auto& name : option.names) text.append(text.empty() ? "" : ", ").append(name);
    if (option.names.empty()) return option.argument;
    return option.argument.empty() ? text : text + " " + option.argument;
}

/// The help, with what else is to be known.
std::string explained(const CommandOption& option)
{
    auto text = option.help;
    if (!text.empty() && text.back() != '.') text += '.';
    if (!option.choices.empty()) {
        std::string words;
        for (const auto& word : option.choices) words += (words.empty() ? "" : ", ") + word;
        text += " One of: " + words + ".";
    }
    if (!option.standard.empty()) text += " Default: " + option.standard + ".";
    if (!option.variable.empty()) text += " Else " + option.variable + ".";
    if (option.is_required) text += " Required.";
    return text;
}

/// "katydid events list" → "events list".
std::string_view below_root(std::string_view path)
{
    path.remove_prefix(std::min(path.find(' ') + 1, path.size()));
    return path;
}

void roff_options(std::string& text, const CommandNode& node)
{
    for (const auto& option : node.positionals)
        text += ".TP\n.I " + roff(names_of(option)) + "\n" + roff(explained(option)) + "\n";
    for (const auto& option : node.options)
        text += ".TP\n.B " + roff(names_of(option)) + "\n" + roff(explained(option)) + "\n";
}

void roff_commands(std::string& text, const CommandNode& node, const std::string& path)
{
    for (const auto& child : node.children) {
        const auto own = path + " " + child.name;
        text += ".SS \"" + roff(synopsis(child, own)) + "\"\n" + roff(child.help) + ".\n";
        roff_options(text, child);
        if (const auto example = example_of(below_root(own)); !example.empty())
            text += ".PP\n.nf\n" + roff(example) + "\n.fi\n";
        roff_commands(text, child, own);
    }
}

void markdown_options(std::string& text, const CommandNode& node)
{
    if (node.positionals.empty() && node.options.size() < 2) return;
    text += "\n| | |\n|---|---|\n";
    for (const auto& option : node.positionals)
        text += "| `" + names_of(option) + "` | " + cell(explained(option)) + " |\n";
    for (const auto& option : node.options)
        if (option.names.front() != "--help")
            text += "| `" + names_of(option) + "` | " + cell(explained(option)) + " |\n";
}

void markdown_commands(std::string& text, const CommandNode& node, const std::string& path)
{
    for (const auto& child : node.children) {
        const auto own = path + " " + child.name;
        const bool is_top = path.find(' ') == std::string::npos;
        text += (is_top ? "\n## `" : "\n### `") + synopsis(child, own) + "`\n\n" + child.help
                + ".\n";
        markdown_options(text, child);
        if (const auto example = example_of(below_root(own)); !example.empty())
            text.append("\n```sh\n").append(example).append("\n```\n");
        markdown_commands(text, child, own);
    }
}

}  // namespace

std::string synopsis(const CommandNode& node, const std::string& path)
{
    auto text = path;
    if (!node.children.empty() && node.positionals.empty()) return text + " COMMAND";
    if (node.options.size() + node.inherited.size() > 1) text += " [OPTIONS]";
    for (const auto& positional : node.positionals)
        text += positional.is_required ? " " + positional.argument
                                       : " [" + positional.argument + "]";
    return text;
}

std::string man_page(const CommandNode& root, const std::string& version)
{
    std::string text
        = ".\\\" Written by `katydid man`; do not edit.\n.TH KATYDID 1 \"\" \"Katydid " + version
          + "\" \"Webhook hub\"\n.SH NAME\nkatydid \\- webhook hub: receives, "
            "stores and delivers signed webhooks\n.SH SYNOPSIS\n.B katydid\n.I COMMAND\n"
            "[\\fIOPTIONS\\fR]\n.SH DESCRIPTION\n"
          + roff(root.help) + ".\n.PP\n" + roff(output_text) + "\n.SH COMMANDS\n";
    roff_commands(text, root, root.name);
    text += ".SH EXIT STATUS\n";
    for (const auto& [state, meaning] : exit_states)
        text += ".TP\n.B " + std::string{state} + "\n" + roff(meaning) + "\n";
    text += ".SH ENVIRONMENT\n";
    for (const auto& [name, meaning] : variables)
        text += ".TP\n.B " + std::string{name} + "\n" + roff(meaning) + "\n";
    return text
           + ".SH FILES\n.TP\n.I /etc/katydid/katydid.toml\nSettings of the service.\n.TP\n"
             ".I /etc/katydid/secrets.env\nSecrets of the service, as variables.\n.TP\n"
             ".I /var/lib/katydid\nIts data: the store, the master key and the operator key.\n"
             ".SH SEE ALSO\n.I /usr/share/doc/katydid\n";
}

std::string markdown_page(const CommandNode& root)
{
    std::string text = "# The command line\n\nWritten by `katydid man --markdown`; a test keeps it "
                       "current. `katydid man | man -l -` shows the same as a manual page.\n\n"
                       + std::string{output_text}
                       + "\n\nOptions of a group (`katydid events`) may "
                         "follow its commands as well (`katydid events list --json`).\n\n"
                         "| Exit status | |\n|---|---|\n";
    for (const auto& [state, meaning] : exit_states)
        text += "| " + std::string{state} + " | " + meaning + " |\n";
    text += "\n| Variable | |\n|---|---|\n";
    for (const auto& [name, meaning] : variables)
        text += "| `" + std::string{name} + "` | " + meaning + " |\n";
    markdown_commands(text, root, root.name);
    return text;
}

}  // namespace katydid::cli
