#include "hub/cli/tree/usage.hpp"

#include "hub/cli/program.hpp"
#include "hub/cli/tree/command_tree.hpp"
#include "hub/cli/tree/examples.hpp"
#include "hub/config/load.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <sstream>

using namespace katydid;
using namespace katydid::cli;

namespace {

using Visit = std::function<void(const CommandNode&, const std::string&)>;

void each_command(const CommandNode& node, const std::string& path, const Visit& visit)
{
    if (!path.empty()) visit(node, path);
    for (const auto& child : node.children)
        each_command(child, path.empty() ? child.name : path + " " + child.name, visit);
}

CommandNode whole_tree()
{
    static int exit_code = 0;
    return read_tree(*make_program(exit_code));
}

bool has_option(const std::vector<CommandOption>& options, const std::string& name)
{
    return std::ranges::any_of(options, [&](const CommandOption& option) {
        return std::ranges::find(option.names, name) != option.names.end();
    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_usage)

// Goal: a word that is nearly right is recognised, and one that is not stays without a guess.
BOOST_AUTO_TEST_CASE(guesses)
{
    const std::vector<std::string> known{"events", "event-types", "subscriptions", "send"};
    const std::pair<const char*, const char*> table[] = {
        {"evnts", "events"},       {"event", "events"},
        {"subs", "subscriptions"}, {"subscripton", "subscriptions"},
        {"sned", "send"},          {"Events", "events"}};
    for (const auto& [word, meant] : table)
        BOOST_TEST(did_you_mean(word, known) == "; did you mean " + std::string{meant} + "?", word);
    for (const auto* word : {"bogus", "x", "", "deliveries"})
        BOOST_TEST(did_you_mean(word, known).empty(), word);
}

// Goal: every command has an example, whose options it has.
BOOST_AUTO_TEST_CASE(examples_are_current)
{
    each_command(whole_tree(), "", [](const CommandNode& node, const std::string& path) {
        if (!node.children.empty() && node.positionals.empty()) return;
        const std::string example{example_of(path)};
        BOOST_TEST(!example.empty(), path << " has no example");
        std::istringstream lines{example};
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with('#')) continue;
            BOOST_TEST((line.find("katydid " + path) != std::string::npos), line);
            std::istringstream words{line};
            for (std::string word; words >> word;)
                if (word.starts_with("--"))
                    BOOST_TEST((has_option(node.options, word) || has_option(node.inherited, word)),
                               path << " has no " << word);
        }
    });
}

// Goal: a variable that the command line documents is no unknown setting to the hub beside it.
BOOST_AUTO_TEST_CASE(variables_of_the_client_are_no_settings)
{
    each_command(whole_tree(), "", [](const CommandNode& node, const std::string& path) {
        for (const auto& option : node.options) {
            if (option.variable.empty()) continue;
            config::Inputs inputs;
            inputs.environment[option.variable] = "value";
            BOOST_TEST(config::load_all(inputs).mistakes.empty(), path << ": " << option.variable);
        }
    });
}

// Goal: a wrong value, option or word is said in one line, in plain words, with what to write.
BOOST_AUTO_TEST_CASE(mistakes_in_plain_words)
{
    const auto said = [](std::vector<const char*> arguments) {
        int exit_code = 0;
        const auto program = make_program(exit_code);
        arguments.insert(arguments.begin(), "katydid");
        try {
            program->parse(static_cast<int>(arguments.size()), arguments.data());
        } catch (const CLI::ParseError& error) {
            const CLI::App* at = nullptr;
            return usage_fault(*program, std::span{arguments}.subspan(1), error, at);
        }
        return std::string{"nothing"};
    };
    BOOST_TEST(said({"events", "list", "--limit", "0"})
               == "katydid events list: --limit must be from 1 to 1000000, not 0");
    BOOST_TEST(said({"subscriptions", "create", "a", "--in-flight", "x"})
               == "katydid subscriptions create: --in-flight must be a number, not x");
    BOOST_TEST(said({"subscriptions", "create", "a", "--dialect", "raww"})
               == "katydid subscriptions create: --dialect must be standard, raw, cloudevents, "
                  "atlvs or grasshopper, not raww; did you mean raw?");
    BOOST_TEST(said({"tail", "--for"}) == "katydid tail: --for needs a value");
    // Regression: a script's variable that is not set replayed the webhooks of every source, made
    // keys without an end, and acted for the default tenant.
    BOOST_TEST(said({"rejected", "replay", "--all", "--source", ""})
               == "katydid rejected replay: --source is empty");
    BOOST_TEST(said({"events", "list", "--tenant", ""})
               == "katydid events list: --tenant is empty");
    BOOST_TEST(said({"subscriptions", "delete", ""})
               == "katydid subscriptions delete: id is empty");
    BOOST_TEST(said({"events", "list", "--dry"})
               == "katydid events list: there is no option --dry");
    BOOST_TEST(said({"--url", "http://x", "events", "list"})
               == "katydid: --url goes after the command: katydid COMMAND --url");
    BOOST_TEST(said({"evnts", "list"})
               == "katydid: there is no command \"evnts\"; did you mean events?");
}

BOOST_AUTO_TEST_SUITE_END()
