#include "hub/cli/terminal/progress.hpp"

#include <algorithm>
#include <ostream>

namespace katydid::cli {
namespace {

constexpr std::size_t bar_columns_max = 40;

struct Measured {
    std::optional<std::uint64_t> percent;
    std::string count;
};

Measured measure(const Progress& progress)
{
    const auto done = std::to_string(progress.done);
    const auto note = progress.note.empty() ? std::string{} : " " + progress.note;
    if (!progress.total) return {std::nullopt, done + (note.empty() ? " done" : note)};
    const auto total = std::max(*progress.total, progress.done);
    const auto count = done + " of " + std::to_string(total) + note;
    if (!progress.part) return {total == 0 ? 100 : progress.done * 100 / total, count};
    const auto part = std::clamp(*progress.part, 0.0, 1.0);
    return {static_cast<std::uint64_t>(part * 100), count};
}

}  // namespace

std::string progress_line(const std::string& what, const Progress& progress, std::size_t columns)
{
    const auto [percent, count] = measure(progress);
    if (!percent) return fit(what + "  " + count, columns);
    const auto tail = std::to_string(*percent) + " %  " + count;
    const auto taken = width_of(what) + width_of(tail) + 6;
    const auto room = columns > taken ? std::min(columns - taken, bar_columns_max) : 0;
    if (room < 5) return fit(what + "  " + tail, columns);
    const auto filled = static_cast<std::size_t>(*percent) * room / 100;
    return what + "  [" + std::string(filled, '#') + std::string(room - filled, '.') + "]  " + tail;
}

ProgressBar::ProgressBar(std::string what, const Terminal& terminal, std::ostream& out)
    : what_{std::move(what)},
      terminal_{terminal},
      out_{out}
{}

void ProgressBar::show(const Progress& progress)
{
    if (!terminal_.error) return;
    auto line = progress_line(what_, progress, terminal_.columns);
    if (line == shown_) return;
    out_ << "\r\x1b[K" << line << std::flush;
    shown_ = std::move(line);
}

void ProgressBar::end()
{
    if (!shown_.empty()) out_ << "\r\x1b[K" << std::flush;
    shown_.clear();
}

}  // namespace katydid::cli
