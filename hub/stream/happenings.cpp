#include "hub/stream/happenings.hpp"

#include "hub/stream/frames.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace katydid::stream {
namespace {

constexpr std::size_t message_overhead_bytes = 64;

}  // namespace

void Happenings::tell(const TenantId& tenant, const SubscriptionId& subscription, Happening what,
                      const std::function<std::string()>& write)
{
    if (watching_.load(std::memory_order_relaxed) == 0) return;
    const std::lock_guard lock{mutex_};
    const auto found = watched_.find(tenant);
    if (found != watched_.end()) put(found->second, subscription, what, false, write);
}

void Happenings::tell_from_elsewhere(const TenantId& tenant, const SubscriptionId& subscription,
                                     Happening what, std::string text)
{
    const std::lock_guard lock{mutex_};
    const auto found = watched_.find(tenant);
    if (found == watched_.end()) return;
    put(found->second, subscription, what, true, [&text] { return std::move(text); });
}

void Happenings::put(Watched& watched, const SubscriptionId& subscription, Happening what,
                     bool is_from_elsewhere, const std::function<std::string()>& write)
{
    std::shared_ptr<const std::string> text;
    for (const auto& box : watched.boxes) {
        if (is_from_elsewhere && box->interest().is_remote) continue;
        if (!box->wants(subscription, what)) continue;
        if (!spend(watched)) {
            box->miss(1, false);
            continue;
        }
        if (!text) text = std::make_shared<const std::string>(write());
        box->put({subscription, what, text});
    }
}

bool Happenings::spend(Watched& watched)
{
    const auto now = SteadyTime::clock::now();
    if (now - second_ >= std::chrono::seconds{1}) {
        second_ = now;
        ++seconds_;
        told_ = 0;
    }
    if (std::exchange(watched.second, seconds_) != seconds_) watched.told = 0;
    constexpr auto half = told_per_second_max / 2;
    if (told_++ < half) return true;
    return watched.told++ < half / watched_.size();
}

void Happenings::tell_event(const Event& event, const std::function<std::string()>& write)
{
    const std::lock_guard lock{mutex_};
    const auto found = watched_.find(event.tenant);
    if (found == watched_.end()) return;
    std::shared_ptr<const std::string> text;
    for (const auto& box : found->second.boxes) {
        if (!box->wants(event)) continue;
        if (!spend(found->second)) {
            box->miss(1, false);
            continue;
        }
        if (!text) text = std::make_shared<const std::string>(write());
        box->put({{}, Happening::event, text, 0, event.id});
    }
}

bool Happenings::has_event_watchers(const TenantId& tenant)
{
    const std::lock_guard lock{mutex_};
    const auto found = watched_.find(tenant);
    return found != watched_.end() && std::ranges::any_of(found->second.boxes, [](const auto& box) {
               return box->takes_events();
           });
}

void Happenings::tell_gaps(const TenantId& tenant)
{
    const std::lock_guard lock{mutex_};
    const auto found = watched_.find(tenant);
    if (found == watched_.end()) return;
    for (const auto& box : found->second.boxes) box->tell_gap();
}

void Happenings::miss(const TenantId& tenant, std::size_t count)
{
    const std::lock_guard lock{mutex_};
    const auto found = watched_.find(tenant);
    if (found == watched_.end()) return;
    for (const auto& box : found->second.boxes)
        if (!box->interest().is_remote) box->miss(count, true);
}

std::vector<Interest> Happenings::interests()
{
    const std::lock_guard lock{mutex_};
    std::vector<Interest> all;
    for (const auto& [tenant, watched] : watched_) {
        Interest sum{tenant};
        for (const auto& box : watched.boxes) {
            if (box->interest().is_remote) continue;
            sum.deliveries = sum.deliveries || box->interest().deliveries;
            sum.attempts = sum.attempts || box->interest().attempts;
        }
        if (sum.deliveries || sum.attempts) all.push_back(sum);
    }
    return all;
}

std::shared_ptr<Happenings::Box> Happenings::watch(Interest interest,
                                                   asio::any_io_executor executor,
                                                   std::function<void()> wake, EventWish events)
{
    auto box = std::make_shared<Box>(interest, std::move(executor), std::move(wake),
                                     std::move(events));
    {
        const std::lock_guard lock{mutex_};
        watched_[interest.tenant].boxes.push_back(box);
        ++watching_;
    }
    if (!interest.is_remote && on_watch) on_watch();
    return box;
}

void Happenings::leave(const std::shared_ptr<Box>& box)
{
    {
        const std::lock_guard lock{mutex_};
        const auto found = watched_.find(box->interest().tenant);
        if (found == watched_.end() || std::erase(found->second.boxes, box) == 0) return;
        if (found->second.boxes.empty()) watched_.erase(found);
        --watching_;
    }
    if (!box->interest().is_remote && on_watch) on_watch();
}

bool Happenings::Box::wants(const SubscriptionId& subscription, Happening what) const noexcept
{
    if (what == Happening::event) return false;
    const bool is_wanted = what == Happening::delivery ? interest_.deliveries : interest_.attempts;
    return is_wanted && (!interest_.subscription || *interest_.subscription == subscription);
}

void Happenings::Box::put(Told told)
{
    const auto bytes = told.text->size() + message_overhead_bytes;
    const std::lock_guard lock{mutex_};
    if (missed_ > 0 || bytes_ + bytes > bytes_max) {
        ++missed_;
    } else {
        bytes_ += bytes;
        messages_.push_back(std::move(told));
    }
    wake_up();
}

void Happenings::Box::miss(std::size_t count, bool wakes)
{
    const std::lock_guard lock{mutex_};
    missed_ += count;
    if (wakes) wake_up();
}

void Happenings::Box::tell_gap()
{
    const std::lock_guard lock{mutex_};
    if (missed_ > 0) wake_up();
}

void Happenings::Box::wake_up()
{
    if (is_woken_) return;
    is_woken_ = true;
    asio::post(executor_, wake_);
}

std::optional<Happenings::Box::Told> Happenings::Box::take_told()
{
    const std::lock_guard lock{mutex_};
    is_woken_ = false;
    Told told;
    if (!messages_.empty()) {
        told = std::move(messages_.front());
        messages_.pop_front();
        bytes_ -= told.text->size() + message_overhead_bytes;
        return told;
    }
    if (missed_ == 0) return std::nullopt;
    told.missed = std::exchange(missed_, 0);
    return told;
}

std::optional<Saying> Happenings::Box::take()
{
    const auto told = take_told();
    if (!told) return std::nullopt;
    if (!told->text) return Saying{"gap", {}, write_gap(told->missed)};
    if (told->what == Happening::event)
        return Saying{"event", told->event.to_string(), *told->text};
    return Saying{told->what == Happening::delivery ? "delivery" : "attempt", {}, *told->text};
}

}  // namespace katydid::stream
