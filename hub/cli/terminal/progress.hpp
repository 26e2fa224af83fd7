// How far long work is, on one line of standard error.
#pragma once

#include "hub/cli/terminal/terminal.hpp"

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

namespace katydid::cli {

/// Where the work stands.
struct Progress {
    std::uint64_t done = 0;
    std::optional<std::uint64_t> total;  ///< nullopt: unknown
    std::optional<double> part{};        ///< 0 to 1, where the work is measured by something else
    std::string note{};                  ///< after the count: "delivered, 2 dead"
};

/// "sending  [#####.....]  50 %  500 of 1000", or where the total is unknown "sending  500 done".
/// Pure.
[[nodiscard]] std::string progress_line(const std::string& what, const Progress& progress,
                                        std::size_t columns);

/// Draws the line again and again in the same place, and nothing where it is no terminal.
class ProgressBar {
public:
    ProgressBar(std::string what, const Terminal& terminal, std::ostream& out);
    void show(const Progress& progress);
    /// Takes the line away.
    void end();

private:
    std::string what_;
    Terminal terminal_;
    std::ostream& out_;
    std::string shown_;
};

}  // namespace katydid::cli
