// One process per store file.
#pragma once

#include "hub/core/error.hpp"

#include <optional>
#include <string>

namespace katydid::store::sqlite {

/// Holds an exclusive flock on `<path>.lock` for as long as it lives; the kernel frees it when
/// the process dies. The file's content is the holder's process id, for the error message.
///
/// Creates the directory of `path` (mode 0700) and both files (mode 0600) when they are absent.
/// Throws katydid::Failure with a sentence that names the holder.
class FileLock {
public:
    explicit FileLock(const std::string& path);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    /// The store's file itself. It stays open as long as this lives, because closing it would
    /// drop the locks that SQLite's connections of this process hold on it (fcntl(2)).
    [[nodiscard]] int locked_file() const noexcept { return file_; }

private:
    int descriptor_ = -1;
    int file_ = -1;
};

/// Who holds that lock, as the sentence for a hub that wants it; nullopt: no process that can be
/// seen from here. Asks the kernel's table, and so never stands in the way of a hub that starts.
[[nodiscard]] std::optional<Error> find_holder(const std::string& path);

/// What a call that failed with that errno says of the store's file.
[[nodiscard]] Error cannot_open(const std::string& path, int number);

}  // namespace katydid::store::sqlite
