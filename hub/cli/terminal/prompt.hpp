// Questions to the person at the terminal.
#pragma once

#include <optional>
#include <string>

namespace katydid::cli {

/// A line from standard input, not shown while it is typed. The question goes to standard error.
[[nodiscard]] std::string ask_hidden(const std::string& question);

/// The text as the person's editor ($VISUAL, $EDITOR, vi) left it; nullopt: it was not changed, or
/// the editor failed. The file is the person's alone and goes at the end.
[[nodiscard]] std::optional<std::string> edit_text(const std::string& text);

}  // namespace katydid::cli
