#include "hub/bridge/waiting_room.hpp"

namespace katydid::bridge {

struct WaitingRoom::Ticket::Guest {
    std::string id;
    std::string key;
    Bell bell;
    Answer answer;
};

WaitingRoom::Ticket::Ticket(WaitingRoom& room, std::string id, std::string key)
    : room_{room},
      guest_{std::make_shared<Guest>(Guest{std::move(id), std::move(key), {}, {}})}
{
    if (const auto recent = room_.recent_.find(guest_->id); recent != room_.recent_.end()) {
        guest_->answer = recent->second;
        guest_->bell.ring();
    }
    room_.by_id_.emplace(guest_->id, guest_);
}

WaitingRoom::Ticket::~Ticket()
{
    const auto [begin, end] = room_.by_id_.equal_range(guest_->id);
    for (auto at = begin; at != end; ++at) {
        if (at->second != guest_) continue;
        room_.by_id_.erase(at);
        return;
    }
}

WaitingRoom::Answer WaitingRoom::Ticket::known() const { return guest_->answer; }

awaitable<WaitingRoom::Answer> WaitingRoom::Ticket::wait(SteadyTime until)
{
    const auto guest = guest_;
    const bool rang = co_await guest->bell.wait(until);
    static_cast<void>(rang);  // without an answer it is nothing yet, either way
    co_return guest->answer;
}

void WaitingRoom::answered(const std::string& id, const std::string& key, http::Response response)
{
    held_.erase(key);
    if (recent_.insert_or_assign(id, response).second) recent_order_.push_back(id);
    if (recent_order_.size() > recent_max) {
        recent_.erase(recent_order_.front());
        recent_order_.pop_front();
    }
    const auto [begin, end] = by_id_.equal_range(id);
    for (auto at = begin; at != end; ++at) {
        at->second->answer = response;
        at->second->bell.ring();
    }
}

void WaitingRoom::failed(const std::string& key)
{
    if (held_.size() < held_max) held_.insert(key);
    for (const auto& [id, guest] : by_id_)
        if (guest->key == key) guest->bell.ring();
}

void WaitingRoom::send_home()
{
    for (const auto& [id, guest] : by_id_) guest->bell.ring();
}

}  // namespace katydid::bridge
