// The SQLite library this process runs with.
#pragma once

#include <functional>
#include <string>

namespace katydid::store::sqlite {

/// Says so when the library has the fault of SQLite before 3.51.3 (fixed in 3.50.7 and 3.44.6 too)
/// by which connections that write and checkpoint at one time lose writes
/// (https://www.sqlite.org/wal.html, "The WAL-reset bug").
void check_library(const std::string& path, const std::function<void(std::string)>& note);

}  // namespace katydid::store::sqlite
