// The write-ahead log in few large writes. SQLite itself writes every page of it in two.
#pragma once

#include <string>

namespace katydid::store::sqlite {

/// A VFS that gathers what goes to a log in one run, and hands it to the VFS below with the sync
/// that follows, or as soon as anything else is asked of the file. A write that fails is therefore
/// told by that sync.
///
/// For the writing connection, and with synchronous=FULL only: a commit then syncs the log before
/// other connections may see its pages, so that no reader looks for what is still gathered here.
/// \param base  name of the VFS below, empty for the standard one
/// \returns its name. Thread safety: from any thread.
[[nodiscard]] std::string gathered_log_vfs(const std::string& base);

}  // namespace katydid::store::sqlite
