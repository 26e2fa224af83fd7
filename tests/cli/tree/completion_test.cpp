#include "hub/cli/tree/completion.hpp"

#include "hub/cli/program.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdio>
#include <fstream>

using namespace katydid;
using namespace katydid::cli;

namespace {

CommandNode tree()
{
    static int exit_code = 0;
    return read_tree(*make_program(exit_code));
}

struct Ran {
    int status = 0;
    std::string out;
};

Ran run_shell(const std::string& command)
{
    Ran ran;
    std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    BOOST_REQUIRE(pipe != nullptr);
    std::array<char, 4096> buffer{};
    std::size_t read = 0;
    while ((read = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0)
        ran.out.append(buffer.data(), read);
    ran.status = ::pclose(pipe);
    return ran;
}

bool is_there(const std::string& program) { return run_shell("command -v " + program).status == 0; }

std::filesystem::path write(const katydid::test::TemporaryFolder& folder, const std::string& name,
                            const std::string& text)
{
    const auto path = folder.path() / name;
    std::ofstream{path} << text;
    return path;
}

void each_path(const CommandNode& node, const std::string& path,
               const std::function<void(const CommandNode&, const std::string&)>& visit)
{
    visit(node, path);
    for (const auto& child : node.children) each_path(child, path + " " + child.name, visit);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_completion)

// Goal: no script leaves a command or an option out.
BOOST_AUTO_TEST_CASE(scripts_are_complete)
{
    const auto root = tree();
    const auto bash = bash_completion(root);
    const auto zsh = zsh_completion(root);
    const auto fish = fish_completion(root);
    each_path(root, "katydid", [&](const CommandNode& node, const std::string& path) {
        for (const auto& script : {bash, zsh, fish})
            BOOST_TEST((script.find(path) != std::string::npos), path);
        for (const auto& option : node.options)
            for (const auto& name : option.names) {
                BOOST_TEST((bash.find(name) != std::string::npos), path << " " << name);
                BOOST_TEST((zsh.find(name) != std::string::npos), path << " " << name);
            }
    });
}

// Goal: bash completes commands, options, words and values that are words.
BOOST_AUTO_TEST_CASE(bash_completes)
{
    const katydid::test::TemporaryFolder folder;
    const auto script = write(folder, "katydid.bash", bash_completion(tree()));
    const auto complete = [&](const std::string& words, int at) {
        return run_shell("bash -c 'source " + script.string() + "; COMP_WORDS=(" + words
                         + "); COMP_CWORD=" + std::to_string(at)
                         + "; _katydid; echo ${COMPREPLY[@]}'")
            .out;
    };
    BOOST_TEST(complete("katydid ev", 1) == "events event-types\n");
    BOOST_TEST(complete("katydid events li", 2) == "list\n");
    BOOST_TEST(complete("katydid events list --ext", 3) == "--external-id\n");
    BOOST_TEST(complete("katydid events --json list --url x --js", 6) == "--json\n");
    BOOST_TEST(complete("katydid subscriptions create --dialect gr", 4) == "grasshopper\n");
    BOOST_TEST(complete("katydid completion z", 2) == "zsh\n");
}

// Goal: an interactive zsh completes commands, options, words and values, where it is installed.
BOOST_AUTO_TEST_CASE(zsh_completes)
{
    if (!is_there("zsh")) {
        BOOST_TEST_MESSAGE("skipped: zsh is not installed (script/bootstrap installs it)");
        return;
    }
    const katydid::test::TemporaryFolder folder;
    const auto script = write(folder, "_katydid", zsh_completion(tree()));
    const auto checked = run_shell("zsh -n " + script.string());
    BOOST_TEST(checked.status == 0, checked.out);
    const auto completed = run_shell(
        "HOME=" + folder.path().string()
        + " timeout 60 zsh -f " KATYDID_SOURCE_DIR "/tests/cli/tree/complete.zsh " + script.string()
        + " 'katydid completion z' 'katydid events li' 'katydid events list --ext'"
          " 'katydid subscriptions create --dialect gr' 'katydid events --json sh'");
    BOOST_TEST(completed.out
               == "katydid completion zsh \n"
                  "katydid events list \n"
                  "katydid events list --external-id \n"
                  "katydid subscriptions create --dialect grasshopper \n"
                  "katydid events --json show \n");
}

// Goal: fish completes commands, options and values, where it is installed.
BOOST_AUTO_TEST_CASE(fish_completes)
{
    if (!is_there("fish")) {
        BOOST_TEST_MESSAGE("skipped: fish is not installed (script/bootstrap installs it)");
        return;
    }
    const katydid::test::TemporaryFolder folder;
    const auto script = write(folder, "katydid.fish", fish_completion(tree()));
    const auto complete = [&](const std::string& words) {
        return run_shell("HOME=" + folder.path().string() + " fish -c 'source " + script.string()
                         + "; complete -C \"" + words + "\"'")
            .out;
    };
    BOOST_TEST(complete("katydid events li").starts_with("list\tList them"));
    BOOST_TEST(complete("katydid completion z").starts_with("zsh"));
    BOOST_TEST(complete("katydid events list --ext").starts_with("--external-id\t"));
    BOOST_TEST(complete("katydid subscriptions create --dialect gr").starts_with("grasshopper"));
    BOOST_TEST(complete("katydid events --json sh").starts_with("show\t"));
}

BOOST_AUTO_TEST_SUITE_END()
