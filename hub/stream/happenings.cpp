#include "hub/stream/happenings.hpp"

#include "hub/stream/frames.hpp"

#include <boost/asio/post.hpp>

namespace katydid::stream {
namespace {

constexpr std::size_t message_overhead_bytes = 64;

}  // namespace

void Happenings::tell(const TenantId& tenant, const SubscriptionId& subscription, Happening what,
                      const std::function<std::string()>& write)
{
    if (watching_.load(std::memory_order_relaxed) == 0) return;
    const std::lock_guard lock{mutex_};
    const auto found = boxes_.find(tenant);
    if (found == boxes_.end()) return;
    std::shared_ptr<const std::string> text;
    for (const auto& box : found->second) {
        if (!box->wants(subscription, what)) continue;
        if (!text) text = std::make_shared<const std::string>(write());
        box->put(what, text);
    }
}

std::shared_ptr<Happenings::Box>
Happenings::watch(Interest interest, asio::any_io_executor executor, std::function<void()> wake)
{
    auto box = std::make_shared<Box>(interest, std::move(executor), std::move(wake));
    const std::lock_guard lock{mutex_};
    boxes_[interest.tenant].push_back(box);
    ++watching_;
    return box;
}

void Happenings::leave(const std::shared_ptr<Box>& box)
{
    const std::lock_guard lock{mutex_};
    const auto found = boxes_.find(box->tenant());
    if (found == boxes_.end() || std::erase(found->second, box) == 0) return;
    if (found->second.empty()) boxes_.erase(found);
    --watching_;
}

bool Happenings::Box::wants(const SubscriptionId& subscription, Happening what) const noexcept
{
    const bool is_wanted = what == Happening::delivery ? interest_.deliveries : interest_.attempts;
    return is_wanted && (!interest_.subscription || *interest_.subscription == subscription);
}

void Happenings::Box::put(Happening what, std::shared_ptr<const std::string> text)
{
    const auto bytes = text->size() + message_overhead_bytes;
    const std::lock_guard lock{mutex_};
    if (missed_ > 0 || bytes_ + bytes > bytes_max) {
        ++missed_;
    } else {
        bytes_ += bytes;
        messages_.push_back({what, std::move(text)});
    }
    if (is_woken_) return;
    is_woken_ = true;
    asio::post(executor_, wake_);
}

std::optional<Saying> Happenings::Box::take()
{
    const std::lock_guard lock{mutex_};
    is_woken_ = false;
    if (!messages_.empty()) {
        const auto [what, text] = std::move(messages_.front());
        messages_.pop_front();
        bytes_ -= text->size() + message_overhead_bytes;
        return Saying{what == Happening::delivery ? "delivery" : "attempt", {}, *text};
    }
    if (missed_ == 0) return std::nullopt;
    return Saying{"gap", {}, write_gap(std::exchange(missed_, 0))};
}

}  // namespace katydid::stream
