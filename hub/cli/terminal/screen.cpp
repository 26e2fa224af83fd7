#include "hub/cli/terminal/screen.hpp"

#include "hub/core/error.hpp"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <utility>

namespace katydid::cli {
namespace {

constexpr std::string_view enter_sequence = "\x1b[?1049h\x1b[?25l\x1b[?7l";
constexpr std::string_view leave_sequence = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";
constexpr std::array fatal_signals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT};

// What a signal handler needs: it may use nothing else.
termios before_;                               // NOLINT
volatile std::sig_atomic_t must_restore_ = 0;  // NOLINT

void write_all(std::string_view text) noexcept
{
    while (!text.empty()) {
        const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
        if (written < 0 && errno != EINTR && errno != EAGAIN) return;
        if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
}

/// Only what POSIX allows in a signal handler: write and tcsetattr.
void restore() noexcept
{
    if (must_restore_ == 0) return;
    must_restore_ = 0;
    write_all(leave_sequence);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

void restore_and_die(int signal)
{
    restore();
    ::signal(signal, SIG_DFL);
    ::raise(signal);
}

void guard_against_crashes()
{
    static const bool is_guarded = [] {
        std::atexit(restore);
        for (const int signal : fatal_signals) ::signal(signal, restore_and_die);
        return true;
    }();
    static_cast<void>(is_guarded);
}

}  // namespace

std::string Painter::paint(std::vector<std::string> lines, ScreenSize size)
{
    const bool is_whole = !is_known_ || size != size_;
    std::string bytes = is_whole ? "\x1b[2J" : "";
    lines.resize(size.rows);
    for (std::size_t row = 0; row < lines.size(); ++row) {
        const bool is_same = is_whole ? lines[row].empty() : lines[row] == shown_[row];
        if (is_same) continue;
        bytes += "\x1b[" + std::to_string(row + 1) + ";1H" + lines[row] + "\x1b[0m\x1b[K";
    }
    shown_ = std::move(lines);
    size_ = size;
    is_known_ = true;
    return bytes;
}

FullScreen::FullScreen()
{
    if (::isatty(STDOUT_FILENO) != 1 || ::tcgetattr(STDIN_FILENO, &before_) != 0)
        throw Failure{{errc::invalid_argument, "standard input and output are no terminal"}};
    guard_against_crashes();
    enter();
}

FullScreen::~FullScreen() { leave(); }

void FullScreen::enter()
{
    if (std::exchange(is_entered_, true)) return;
    auto raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | IEXTEN);
    raw.c_iflag &= ~static_cast<tcflag_t>(ICRNL | IXON);
    // Ctrl-C stays a signal; Ctrl-Z would leave a screen that nobody draws.
    raw.c_cc[VSUSP] = _POSIX_VDISABLE;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    must_restore_ = 1;
    ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    write_all(enter_sequence);
    painter_.forget();
}

void FullScreen::leave()
{
    if (!std::exchange(is_entered_, false)) return;
    restore();
}

void FullScreen::show(std::vector<std::string> lines)
{
    if (is_entered_) write_all(painter_.paint(std::move(lines), size()));
}

ScreenSize FullScreen::size()
{
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return {};
    return {size.ws_col, size.ws_row};
}

}  // namespace katydid::cli
