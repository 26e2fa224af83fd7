// A look into a store file that no hub uses.
#pragma once

#include "hub/store/records.hpp"

#include <string>
#include <vector>

namespace katydid::store::sqlite {

/// As store::peek_records().
[[nodiscard]] result<std::vector<Record>> peek_file(const std::string& path,
                                                    const std::vector<std::string>& kinds);

}  // namespace katydid::store::sqlite
