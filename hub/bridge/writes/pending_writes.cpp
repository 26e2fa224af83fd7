#include "hub/bridge/writes/pending_writes.hpp"

namespace katydid::bridge {

PendingWrites::Waiter::Waiter(PendingWrites& all, std::string id, std::string key)
    : all_{all},
      id_{std::move(id)},
      key_{std::move(key)}
{
    if (const auto recent = all_.recent_.find(id_); recent != all_.recent_.end()) {
        answer_ = recent->second;
        released_.set();
    }
    all_.by_id_.emplace(id_, this);
}

PendingWrites::Waiter::~Waiter()
{
    auto [at, end] = all_.by_id_.equal_range(id_);
    while (at != end && at->second != this) ++at;
    all_.by_id_.erase(at);
}

awaitable<PendingWrites::Answer> PendingWrites::Waiter::wait(SteadyTime until)
{
    co_await released_.wait(until);  // without an answer it is nothing yet, either way
    co_return answer_;
}

void PendingWrites::answered(const std::string& id, const std::string& key, http::Response response)
{
    held_.erase(key);
    if (recent_.insert_or_assign(id, response).second) recent_order_.push_back(id);
    if (recent_order_.size() > recent_max) {
        recent_.erase(recent_order_.front());
        recent_order_.pop_front();
    }
    const auto [begin, end] = by_id_.equal_range(id);
    for (auto at = begin; at != end; ++at) {
        at->second->answer_ = response;
        at->second->released_.set();
    }
}

void PendingWrites::failed(const std::string& key)
{
    if (held_.size() < held_max) held_.insert(key);
    for (const auto& [id, waiter] : by_id_)
        if (waiter->key_ == key) waiter->released_.set();
}

void PendingWrites::release_all()
{
    for (const auto& [id, waiter] : by_id_) waiter->released_.set();
}

}  // namespace katydid::bridge
