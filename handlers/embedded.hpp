// The data files below handlers/, compiled in.
#pragma once

#include <string_view>

namespace katydid::handlers {

/// The text of a file, e.g. "atlvs/privacy.json". Throws std::out_of_range for one that was not
/// listed in handlers/CMakeLists.txt.
[[nodiscard]] std::string_view embedded_file(std::string_view name);

}  // namespace katydid::handlers
