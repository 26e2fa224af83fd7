// Opens the store that a setting names.
#pragma once

#include "hub/store/store.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::store {

struct StoreOptions {
    std::string url;  ///< "sqlite:PATH", "postgres://…" or "postgresql://…"; without shards
    /// Instead of the URL: one part each, the first keeps the directory.
    struct Shard {
        std::string name;
        std::string url;
    };
    std::vector<Shard> shards{};
    std::string address;                    ///< where other hubs reach this one; empty: nowhere
    std::size_t queue_count_max = 16'384;   ///< waiting appends and changes
    std::function<void(std::string)> warn;  ///< sentences for the operator's log
    std::function<void(std::string)> note;  ///< likewise, when there is nothing to do about it
    /// After each commit, on the store's thread: how long it took and how many calls it carried.
    std::function<void(double seconds, std::size_t calls)> on_commit;
    /// After each step of a checkpoint (SQLite), on the store's thread: how long commits waited.
    std::function<void(double seconds)> on_checkpoint;
};

/// Whether other hubs may use the same store at the same time.
[[nodiscard]] bool is_shared_store(std::string_view url) noexcept;
/// The path of a URL "sqlite:PATH".
[[nodiscard]] std::string sqlite_path(const std::string& url);
/// The URL without its password, for logs.
[[nodiscard]] std::string describe_store(std::string_view url);

/// Throws katydid::Failure with a sentence a person can act on.
[[nodiscard]] std::unique_ptr<Store> open_store(StoreOptions options);

}  // namespace katydid::store
