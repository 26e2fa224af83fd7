// Whether the store works, told once when it changes.
#pragma once

#include "hub/store/store.hpp"

#include <atomic>
#include <string>

namespace katydid::store::postgres {

/// The store works while the writer and the leases have their connections and the disk has room.
/// Thread safety: `health` from any thread; the rest on the store's thread.
class HealthState {
public:
    explicit HealthState(std::atomic<Listener*>& listener) : listener_{listener} {}

    [[nodiscard]] Health health() const noexcept { return health_; }
    void set_writer(bool well, const std::string& why) { set(writer_, well, why); }
    void set_leases(bool well, const std::string& why) { set(leases_, well, why); }
    void set_disk(bool well, const std::string& why) { set(disk_, well, why); }

private:
    void set(bool& part, bool well, const std::string& why)
    {
        part = well;
        const auto after = !writer_ || !leases_ ? Health::unavailable
                           : disk_              ? Health::ok
                                                : Health::full;
        if (health_.exchange(after) == after) return;
        if (auto* hears = listener_.load()) hears->on_health(after, why);
    }

    std::atomic<Listener*>& listener_;
    std::atomic<Health> health_{Health::ok};
    bool writer_ = true;
    bool leases_ = true;
    bool disk_ = true;
};

}  // namespace katydid::store::postgres
