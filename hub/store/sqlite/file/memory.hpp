// Memory for SQLite that stays with the thread.
#pragma once

namespace katydid::store::sqlite {

/// Lets SQLite take its memory from blocks that each thread keeps. Before SQLite's first use; too
/// late it has no effect.
void keep_memory_of_sqlite() noexcept;

}  // namespace katydid::store::sqlite
