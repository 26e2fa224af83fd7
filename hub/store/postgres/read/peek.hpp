// A look into a database that other hubs may use.
#pragma once

#include "hub/store/records.hpp"

#include <string>
#include <vector>

namespace katydid::store::postgres {

/// As store::peek_records(). Blocks until the database answered.
[[nodiscard]] result<std::vector<Record>> peek_database(const std::string& url,
                                                        const std::vector<std::string>& kinds);

}  // namespace katydid::store::postgres
