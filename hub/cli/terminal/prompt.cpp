#include "hub/cli/terminal/prompt.hpp"

#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace katydid::cli {
namespace {

std::string editor()
{
    for (const char* const name : {"VISUAL", "EDITOR"})
        if (const char* const value = std::getenv(name); value != nullptr && *value != '\0')
            return value;
    return "vi";
}

/// By the shell, since $EDITOR may have options. False: it did not end well.
bool run_editor(const std::string& file)
{
    const auto command = editor() + " \"$1\"";
    const auto child = ::fork();
    if (child == 0) {
        ::execl("/bin/sh", "sh", "-c", command.c_str(), "sh", file.c_str(), nullptr);
        ::_exit(127);
    }
    int status = 1;
    while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

std::string ask_hidden(const std::string& question)
{
    termios shown{};
    const bool is_hidden = ::tcgetattr(STDIN_FILENO, &shown) == 0;
    auto hidden = shown;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (is_hidden) ::tcsetattr(STDIN_FILENO, TCSANOW, &hidden);
    std::cerr << question << std::flush;
    std::string line;
    std::getline(std::cin, line);
    std::cin.clear();
    if (is_hidden) ::tcsetattr(STDIN_FILENO, TCSANOW, &shown);
    std::cerr << '\n';
    return line;
}

std::optional<std::string> edit_text(const std::string& text)
{
    auto path = (std::filesystem::temp_directory_path() / "katydid-XXXXXX").string();
    const int file = ::mkstemp(path.data());
    if (file < 0) return std::nullopt;
    ::close(file);
    std::ofstream{path, std::ios::binary} << text;
    const bool is_good = run_editor(path);
    std::ifstream in{path, std::ios::binary};
    std::string edited{std::istreambuf_iterator<char>{in}, {}};
    std::filesystem::remove(path);
    // Editors end a file with a line end that was not there.
    if (edited.ends_with('\n') && !text.ends_with('\n')) edited.pop_back();
    if (!is_good || edited == text) return std::nullopt;
    return edited;
}

}  // namespace katydid::cli
