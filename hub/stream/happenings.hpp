// What happens to deliveries, for those who watch.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/id.hpp"
#include "hub/stream/conversation.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace katydid::stream {

enum class Happening : std::uint8_t { delivery, attempt };

/// What one watcher wants to hear of.
struct Interest {
    TenantId tenant;
    std::optional<SubscriptionId> subscription{};  ///< nullopt: any
    bool deliveries = false;
    bool attempts = false;
};

/// Passes on what the dispatchers of all loops tell. A watcher that is slow misses something and
/// hears how much; it never holds anyone up.
///
/// Costs one atomic read while no one watches. Thread safety: all calls from any loop.
class Happenings {
public:
    class Box;

    /// Calls `write` for the message, if there is one who wants it.
    void tell(const TenantId& tenant, const SubscriptionId& subscription, Happening what,
              const std::function<std::string()>& write);

    /// \param wake  called on `executor` when there is something; the box may be gone by then
    [[nodiscard]] std::shared_ptr<Box> watch(Interest interest, asio::any_io_executor executor,
                                             std::function<void()> wake);
    void leave(const std::shared_ptr<Box>& box);

private:
    std::atomic<std::size_t> watching_{0};
    std::mutex mutex_;
    std::unordered_map<TenantId, std::vector<std::shared_ptr<Box>>> boxes_;
};

/// What one watcher has not heard yet: at most `bytes_max` of it.
class Happenings::Box {
public:
    static constexpr std::size_t bytes_max = std::size_t{256} * 1024;

    Box(Interest interest, asio::any_io_executor executor, std::function<void()> wake)
        : interest_{interest},
          executor_{std::move(executor)},
          wake_{std::move(wake)}
    {}

    [[nodiscard]] bool wants(const SubscriptionId& subscription, Happening what) const noexcept;
    void put(Happening what, std::shared_ptr<const std::string> text);
    /// The next message, or how many were missed after those before; nullopt: nothing is there.
    [[nodiscard]] std::optional<Saying> take();

    [[nodiscard]] const TenantId& tenant() const noexcept { return interest_.tenant; }

private:
    struct Message {
        Happening what;
        std::shared_ptr<const std::string> text;
    };

    const Interest interest_;
    const asio::any_io_executor executor_;
    const std::function<void()> wake_;
    std::mutex mutex_;
    std::deque<Message> messages_;
    std::size_t bytes_ = 0;
    std::size_t missed_ = 0;  ///< since the last of the messages
    bool is_woken_ = false;
};

}  // namespace katydid::stream
