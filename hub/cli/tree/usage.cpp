#include "hub/cli/tree/usage.hpp"

#include "hub/cli/terminal/terminal.hpp"

#include <algorithm>
#include <numeric>
#include <sstream>

namespace katydid::cli {
namespace {

constexpr std::size_t distance_max = 2;

/// How many letters to add, take away or change (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        auto diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const auto changed = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, changed});
        }
    }
    return row.back();
}

std::vector<const CLI::App*> commands_of(const CLI::App& group)
{
    return group.get_subcommands([](const CLI::App*) { return true; });
}

/// The option of the command, or of the groups above whose options it takes as well.
const CLI::Option* find_option(const CLI::App* at, const std::string& name)
{
    for (; at != nullptr; at = at->get_fallthrough() ? at->get_parent() : nullptr)
        if (const auto* option = at->get_option_no_throw(name)) return option;
    return nullptr;
}

std::vector<std::string> option_names(const CLI::App* at)
{
    std::vector<std::string> names;
    for (; at != nullptr; at = at->get_fallthrough() ? at->get_parent() : nullptr)
        for (const auto* option : at->get_options())
            for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

/// Whether a command of the group has it.
bool is_option_below(const CLI::App& group, const std::string& name)
{
    return std::ranges::any_of(commands_of(group), [&](const CLI::App* command) {
        return command->get_option_no_throw(name) != nullptr;
    });
}

bool takes_words(const CLI::App& command)
{
    return std::ranges::any_of(command.get_options(),
                               [](const auto* option) { return option->get_positional(); });
}

std::string one_line(std::string text)
{
    std::ranges::replace(text, '\n', ' ');
    while (text.ends_with(' ')) text.pop_back();
    return printable(text);
}

/// "a,b,c" as a list of words.
std::vector<std::string> words_of(const std::string& list)
{
    std::vector<std::string> words;
    std::istringstream in{list};
    for (std::string word; std::getline(in, word, ',');) words.push_back(word);
    return words;
}

/// "a, b or c"
std::string alternatives(const std::vector<std::string>& words)
{
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
    return text;
}

/// What CLI11 says of a value, as a sentence: what must be written, and what was.
std::string plain_words(const std::string& said)
{
    constexpr std::string_view not_converted = "Could not convert: ";
    const auto part = [&](std::size_t begin, std::size_t end) {
        return said.substr(begin, end - begin);
    };
    if (const auto equals = said.find(" = ");
        said.starts_with(not_converted) && equals != std::string::npos)
        return part(not_converted.size(), equals) + " must be a number, not "
               + said.substr(equals + 3);
    const auto colon = said.find(": ");
    if (colon == std::string::npos) return said;
    const auto name = said.substr(0, colon);
    const auto value = colon + 2;
    if (said.ends_with(" missing") && said.find(" required ") != std::string::npos)
        return name + " needs a value";
    if (said.substr(value) == "is empty") return name + " is empty";
    const auto range = said.find(" not in range ");
    if (said.substr(value).starts_with("Value ") && range != std::string::npos)
        return name + " must be from " + said.substr(range + 14) + ", not "
               + part(value + 6, range);
    const auto set = said.find(" not in {");
    if (set == std::string::npos || !said.ends_with('}')) return said;
    const auto known = words_of(part(set + 9, said.size() - 1));
    const auto given = part(value, set);
    return name + " must be " + alternatives(known) + ", not " + given + did_you_mean(given, known);
}

}  // namespace

const CLI::App* find_command(const CLI::App& group, std::string_view name)
{
    const auto all = commands_of(group);
    const auto found = std::ranges::find(all, name, &CLI::App::get_name);
    return found == all.end() ? nullptr : *found;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known)
{
    const std::string* best = nullptr;
    const auto letters = word.size() - std::min(word.find_first_not_of('-'), word.size());
    auto least = std::min(distance_max, letters / 2) + 1;
    for (const auto& each : known) {
        const bool begins = word.size() > 2 && each.starts_with(word);
        const auto away = begins ? 1 : distance(word, each);
        if (away >= least) continue;
        least = away;
        best = &each;
    }
    return best == nullptr ? std::string{} : "; did you mean " + *best + "?";
}

std::string usage_fault(const CLI::App& program, std::span<const char* const> arguments,
                        const CLI::ParseError& error, const CLI::App*& at)
{
    at = &program;
    std::string path = program.get_name();
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string word{arguments[i]};
        if (word.starts_with('-') && word.size() > 1) {
            const auto name = word.substr(0, word.find('='));
            const auto* option = find_option(at, name);
            if (option == nullptr && at == &program && is_option_below(program, name))
                return path + ": " + name + " goes after the command: katydid COMMAND " + name;
            if (option == nullptr)
                return path + ": there is no option " + printable(name)
                       + did_you_mean(name, option_names(at));
            if (option->get_items_expected_max() > 0 && name == word) ++i;
            continue;
        }
        const auto commands = commands_of(*at);
        const auto* next = find_command(*at, word);
        if (next == nullptr && !commands.empty() && !takes_words(*at)) {
            std::vector<std::string> names;
            for (const auto* command : commands) names.push_back(command->get_name());
            auto meant = did_you_mean(word, names);
            if (meant.empty()) meant = "; `" + path + " --help` lists them";
            return path + ": there is no command \"" + printable(word) + "\"" + meant;
        }
        if (next == nullptr) continue;
        at = next;
        path += " " + word;
    }
    if (!commands_of(*at).empty() && !takes_words(*at)) return {};
    const std::string said{error.what()};
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError))
        return path + ": " + one_line(said.substr(said.rfind(": ") + 2))
               + " is one argument too many";
    return path + ": " + one_line(plain_words(said));
}

}  // namespace katydid::cli
