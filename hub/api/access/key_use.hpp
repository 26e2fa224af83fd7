// When each API key was used last, written down now and then.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/id.hpp"
#include "hub/store/store.hpp"

#include <optional>
#include <unordered_map>

namespace katydid::api {

/// Decides when a use is worth a write: the first one, then at most one in five minutes a key.
///
/// Bounded: when it knows too many keys it forgets them all, which costs a write each.
/// Thread safety: none; each event loop has its own.
class KeyUse {
public:
    static constexpr milliseconds write_interval = std::chrono::minutes{5};
    static constexpr std::size_t keys_max = 100'000;

    /// Whether this use is to be written.
    [[nodiscard]] bool note(const KeyId& key, Timestamp now)
    {
        if (const auto found = written_.find(key); found != written_.end()) {
            if (now - found->second < write_interval) return false;
            found->second = now;
            return true;
        }
        if (written_.size() >= keys_max) written_.clear();
        written_.emplace(key, now);
        return true;
    }

private:
    std::unordered_map<KeyId, Timestamp> written_;
};

/// As the store holds it: the record's time is the key's.
[[nodiscard]] inline store::Record to_record(const TenantId& tenant, const KeyId& key,
                                             Timestamp now)
{
    store::Record record{tenant, store::key_use_kind, key.to_string(), "{}", 0, now};
    record.is_setting = false;
    return record;
}

}  // namespace katydid::api
