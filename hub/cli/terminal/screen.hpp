// A full screen: what stands on it, and how it gets there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::cli {

struct ScreenSize {
    std::size_t columns = 80;
    std::size_t rows = 24;
    friend bool operator==(const ScreenSize&, const ScreenSize&) = default;
};

/// Makes the bytes that change one picture into the next: only lines that differ are written, so
/// that nothing flickers. Pure.
class Painter {
public:
    /// \param lines  one for each row at most, each no wider than the screen; they may hold SGR
    ///   sequences of our own, and nothing else that a terminal acts on
    std::string paint(std::vector<std::string> lines, ScreenSize size);
    /// What stands there is not known any more: the next picture is written whole.
    void forget() noexcept { is_known_ = false; }

private:
    std::vector<std::string> shown_;
    ScreenSize size_;
    bool is_known_ = false;
};

/// The terminal of standard input and output as a full screen: alternate screen, no echo, keys as
/// they come. It is given back as it was, also when a signal kills the program or it crashes.
///
/// One at a time. Thread safety: none.
class FullScreen {
public:
    /// Throws Failure when standard input or output is no terminal.
    FullScreen();
    ~FullScreen();
    FullScreen(const FullScreen&) = delete;
    FullScreen& operator=(const FullScreen&) = delete;

    /// Gives the terminal back for a while: an editor, a question.
    void leave();
    void enter();

    void show(std::vector<std::string> lines);
    [[nodiscard]] static ScreenSize size();

private:
    Painter painter_;
    bool is_entered_ = false;
};

}  // namespace katydid::cli
