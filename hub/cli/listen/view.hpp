// The screen of `katydid listen`, as lines.
#pragma once

#include "hub/cli/listen/model.hpp"
#include "hub/cli/terminal/screen.hpp"

namespace katydid::cli {

/// What the lines say besides the model, and how they are written.
struct ListenLook {
    std::string hub;      ///< its URL
    std::string forward;  ///< "http://localhost:3000/hooks", or that webhooks are shown only
    bool colour = true;
    std::chrono::seconds utc_offset{0};  ///< of the times that are shown
};

/// One line for each row of the screen, none wider than it: nothing of a webhook reaches the
/// terminal but characters that can be seen. Scrolling beyond the end shows the end. Pure.
[[nodiscard]] std::vector<std::string> render(const ListenModel& model, const ListenLook& look,
                                              ScreenSize size);

/// JSON with two blanks for each level, other text as it is; a line each. Pure.
[[nodiscard]] std::vector<std::string> pretty_lines(const std::string& payload);

/// A text that is one line in pieces of at most so many columns, at least one. Pure.
[[nodiscard]] std::vector<std::string> pieces(std::string_view text, std::size_t columns);

/// The rows of a page of the list or of the details.
[[nodiscard]] std::size_t page_rows(ScreenSize size) noexcept;

}  // namespace katydid::cli
