// Data files that are compiled in: katydid_embed in cmake/katydid_targets.cmake.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace katydid {

struct EmbeddedFile {
    std::string_view name;  ///< its path, as the CMakeLists.txt lists it
    std::string_view text;
};

using EmbeddedFiles = std::span<const EmbeddedFile>;

/// Throws std::out_of_range for a file that the CMakeLists.txt does not list.
[[nodiscard]] inline std::string_view embedded_text(EmbeddedFiles files, std::string_view name)
{
    for (const auto& file : files)
        if (file.name == name) return file.text;
    throw std::out_of_range{"no such file is compiled in: " + std::string{name}};
}

}  // namespace katydid
