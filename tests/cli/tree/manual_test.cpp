#include "hub/cli/tree/manual.hpp"

#include "hub/cli/program.hpp"
#include "hub/cli/settings_reference.hpp"
#include "signing/verify.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>

using namespace katydid;
using namespace katydid::cli;

namespace {

CommandNode tree()
{
    static int exit_code = 0;
    return read_tree(*make_program(exit_code));
}

std::string read(const std::string& path)
{
    std::ifstream in{path};
    return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_manual)

// Goal: docs/cli.md says what the program takes. Fix: katydid man --markdown > docs/cli.md
BOOST_AUTO_TEST_CASE(reference_is_current)
{
    BOOST_TEST((read(KATYDID_SOURCE_DIR "/docs/cli.md") == markdown_page(tree())),
               "docs/cli.md is out of date: katydid man --markdown > docs/cli.md");
}

// Goal: docs/settings.md says what the hub reads. Fix: script/docs
BOOST_AUTO_TEST_CASE(settings_are_current)
{
    BOOST_TEST((read(KATYDID_SOURCE_DIR "/docs/settings.md") == settings_reference()),
               "docs/settings.md is out of date: script/docs");
}

// Goal: the page for people in trouble knows every reason for a 401, with its fix, every check
// of doctor, and every alert.
BOOST_AUTO_TEST_CASE(troubleshooting_is_whole)
{
    const auto page = read(KATYDID_SOURCE_DIR "/docs/troubleshooting.md");
    for (int i = 0; i <= static_cast<int>(signing::RefusalReason::schema_misfit); ++i) {
        const auto reason = static_cast<signing::RefusalReason>(i);
        const std::string row = "| `" + std::string{signing::to_text(reason)} + "` | "
                                + std::string{signing::remedy_of(reason)} + " |";
        BOOST_TEST((page.find(row) != std::string::npos), row);
    }
    for (const std::string check : {"settings", "secrets", "platforms", "sources", "data", "ports",
                                    "certificates", "sqlite", "files", "clock", "receivers"})
        BOOST_TEST((page.find("\n| `" + check + "` |") != std::string::npos), check);
    const auto alerts = read(KATYDID_SOURCE_DIR "/docs/operations/alerts.yml");
    for (std::size_t at = 0; (at = alerts.find("- alert: ", at)) != std::string::npos; ++at) {
        const auto start = at + std::string_view{"- alert: "}.size();
        const auto name = alerts.substr(start, alerts.find('\n', start) - start);
        BOOST_TEST((page.find("`" + name + "`") != std::string::npos), name);
    }
}

// Goal: every command of the contract is in the page, and no text is taken for a request of roff.
BOOST_AUTO_TEST_CASE(manual_is_whole)
{
    const auto page = man_page(tree(), "0.1.0");
    for (const auto* name :
         {"serve",         "init",    "doctor",  "send",          "events",  "deliveries",
          "subscriptions", "sources", "keys",    "event\\-types", "tenants", "replay",
          "tail",          "schemes", "sign",    "verify",        "certs",   "audit",
          "backup",        "restore", "version", "completion",    "man",     "help",
          "rejected",      "stats",   "limits",  "subjects",      "trigger", "listen"})
        BOOST_TEST((page.find(".SS \"katydid " + std::string{name}) != std::string::npos), name);
    for (std::size_t at = 0; (at = page.find("\n.", at)) != std::string::npos; ++at) {
        const auto request = page.substr(at + 2, 2);
        const bool known = request == "TH" || request == "SH" || request == "SS" || request == "TP"
                           || request == "PP" || request == "nf" || request == "fi"
                           || request == "B " || request == "I ";
        BOOST_TEST(known, "an unknown request ." << request);
    }
}

// Goal: a switch takes nothing, a required argument has no brackets.
BOOST_AUTO_TEST_CASE(synopses)
{
    CommandNode node;
    node.options = {{{"--help"}, "", "", "", "", {}, false, false, false}};
    node.positionals = {{{}, "ID", "", "", "", {}, true, false, false}};
    BOOST_TEST(synopsis(node, "katydid x") == "katydid x ID");
    node.positionals.front().is_required = false;
    node.options.push_back({{"--json"}, "", "", "", "", {}, false, false, false});
    BOOST_TEST(synopsis(node, "katydid x") == "katydid x [OPTIONS] [ID]");
    for (const auto& child : tree().children)
        for (const auto& option : child.options)
            if (option.names.front() == "--json" || option.names.front() == "--force")
                BOOST_TEST(option.argument.empty(), child.name);
}

BOOST_AUTO_TEST_SUITE_END()
