#include "hub/store/sqlite/file/library_check.hpp"

#include <sqlite3.h>

namespace katydid::store::sqlite {

void check_library(const std::string& path, const std::function<void(std::string)>& note)
{
    constexpr int fixed = 3'051'003;
    constexpr int fixed_in_3_50 = 3'050'007;
    constexpr int fixed_in_3_44 = 3'044'006;
    const int version = sqlite3_libversion_number();
    const bool is_fixed = version >= fixed || (version >= fixed_in_3_50 && version < 3'051'000)
                          || (version >= fixed_in_3_44 && version < 3'045'000);
    if (is_fixed) return;
    note(std::string{"This hub writes through one connection, so it is safe. But SQLite "}
         + sqlite3_libversion()
         + " has a known fault: where two connections write and checkpoint at one time, writes can"
           " be lost. Let no other program write to "
         + path + "; SQLite 3.51.3 has the fix.");
}

}  // namespace katydid::store::sqlite
