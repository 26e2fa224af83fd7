#include "hub/store/peek.hpp"

#include "hub/store/open_store.hpp"
#include "hub/store/postgres/read/peek.hpp"
#include "hub/store/sqlite/file/file_lock.hpp"
#include "hub/store/sqlite/file/peek.hpp"

namespace katydid::store {

result<std::vector<Record>> peek_records(const std::string& url,
                                         const std::vector<std::string>& kinds)
{
    if (is_shared_store(url)) return postgres::peek_database(url, kinds);
    return sqlite::peek_file(sqlite_path(url), kinds);
}

std::optional<Error> store_in_use(const std::string& url)
{
    if (is_shared_store(url)) return std::nullopt;
    return sqlite::find_holder(sqlite_path(url));
}

}  // namespace katydid::store
