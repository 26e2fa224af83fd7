#include "hub/stream/audience.hpp"

#include "hub/stream/frames.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace katydid::stream {
namespace {

constexpr std::size_t saying_overhead_bytes = 64;
constexpr std::size_t turns_at_once = 8;
/// After some turns it pauses for this many times what they took.
constexpr int pause_factor = 7;
constexpr milliseconds pause_max{50};

std::string key_of(const Interest& interest, const std::string& same)
{
    std::string key = interest.tenant.to_string();
    if (interest.subscription) key += interest.subscription->to_string();
    key += interest.deliveries ? 'd' : '-';
    key += interest.attempts ? 'a' : '-';
    return key + same;
}

}  // namespace

/// Those that want the same, and what they have not all taken yet.
struct Audience::Group {
    struct Stored {
        BatchPtr batch;
        std::uint64_t first = 0;   ///< of all that was told, which number its first message has
        std::uint64_t events = 0;  ///< how many of those before it are events
        std::size_t bytes = 0;

        [[nodiscard]] std::uint64_t end() const noexcept { return first + batch->sayings().size(); }
    };

    /// Takes what was told since the last call. True: there is something new.
    bool collect();
    void store(std::vector<Saying> sayings, std::size_t size);
    void drop_what_all_have();
    [[nodiscard]] std::uint64_t first() const noexcept
    {
        return stored.empty() ? end : stored.front().first;
    }

    std::string key{};
    std::shared_ptr<Happenings::Box> box{};
    std::deque<Stored> stored{};
    std::size_t bytes = 0;     ///< of those
    std::uint64_t end = 0;     ///< how many messages were told
    std::uint64_t events = 0;  ///< how many of them are events
    std::uint64_t shown = 0;   ///< up to where a round has told them
    bool is_told = false;      ///< the box has something
    std::vector<Seat*> seats{};
};

bool Audience::Group::collect()
{
    is_told = false;
    const auto before = end;
    std::vector<Saying> sayings;
    std::size_t size = 0;
    std::size_t sum = 0;
    for (auto saying = box->take(); saying; saying = box->take()) {
        size += saying->data.size() + saying_overhead_bytes;
        sayings.push_back(std::move(*saying));
        if (size < batch_bytes) continue;
        sum += size;
        store(std::exchange(sayings, {}), std::exchange(size, 0));
        is_told = sum >= bytes_max;  // the rest is for the next round
        if (is_told) break;
    }
    if (!sayings.empty()) store(std::move(sayings), size);
    return end > before;
}

void Audience::Group::store(std::vector<Saying> sayings, std::size_t size)
{
    const auto first_of_these = end;
    const auto events_before = events;
    end += sayings.size();
    events += static_cast<std::uint64_t>(
        std::ranges::count(sayings, std::string_view{"event"}, &Saying::name));
    bytes += size;
    stored.push_back(
        {std::make_shared<Batch>(std::move(sayings)), first_of_these, events_before, size});
    while (bytes > bytes_max && stored.size() > 1) {
        bytes -= stored.front().bytes;
        stored.pop_front();
    }
}

void Audience::Group::drop_what_all_have()
{
    auto taken = end;
    for (const auto* seat : seats) taken = std::min(taken, seat->position_);
    while (!stored.empty() && stored.front().end() <= taken) {
        bytes -= stored.front().bytes;
        stored.pop_front();
    }
}

Audience::Audience(Happenings& happenings, asio::any_io_executor executor)
    : happenings_{happenings},
      executor_{std::move(executor)},
      timer_{executor_}
{}

Audience::~Audience() = default;

std::unique_ptr<Audience::Seat> Audience::join(Wish wish, std::function<void()> wake)
{
    auto group = group_of(std::move(wish));
    // It begins with what is told from now on.
    if (group->collect() || group->is_told) on_told(*group);
    return std::make_unique<Seat>(*this, std::move(group), std::move(wake));
}

std::shared_ptr<Audience::Group> Audience::group_of(Wish wish)
{
    auto& group = groups_[key_of(wish.interest, wish.same)];
    if (group) return group;
    group = std::make_shared<Group>();
    group->key = key_of(wish.interest, wish.same);
    const std::weak_ptr<Group> weak = group;
    const auto on_box = [this, weak] {
        if (const auto told = weak.lock()) on_told(*told);
    };
    group->box = happenings_.watch(wish.interest, executor_, on_box, std::move(wish.events));
    group->box->start_events();
    return group;
}

void Audience::on_told(Group& group)
{
    group.is_told = true;
    has_news_ = true;
    if (!is_busy_) begin_round();
}

void Audience::begin_round()
{
    is_busy_ = true;
    has_news_ = false;
    round_begun_ = SteadyTime::clock::now();
    turns_.clear();
    next_turn_ = 0;
    for (const auto& [key, group] : groups_) {
        if (group->is_told) group->collect();
        has_news_ = has_news_ || group->is_told;
        if (group->shown == group->end) continue;
        group->shown = group->end;
        for (auto* seat : group->seats) {
            if (seat->granted_ == group->end) continue;
            seat->turn_ = turns_.size();
            turns_.push_back(seat);
        }
    }
    serve();
}

void Audience::serve()
{
    for (std::size_t count = 0; count < turns_at_once && next_turn_ < turns_.size(); ++next_turn_) {
        auto* seat = std::exchange(turns_[next_turn_], nullptr);
        if (seat == nullptr) continue;
        seat->granted_ = seat->group_->shown;
        seat->wake_();
        ++count;
    }
    served_at_ = SteadyTime::clock::now();
    // What was woken runs before this, up to where it waits.
    asio::post(executor_, [this] { go_on(); });
}

void Audience::go_on()
{
    const auto now = SteadyTime::clock::now();
    const auto pause = std::min<SteadyTime::duration>((now - served_at_) * pause_factor, pause_max);
    auto due = now + pause;
    const bool is_over = next_turn_ >= turns_.size();
    if (is_over) {
        for (const auto& [key, group] : groups_) group->drop_what_all_have();
        due = std::max<SteadyTime>(due, round_begun_ + round_interval);
    }
    timer_.expires_at(due);
    timer_.async_wait([this, is_over](const boost::system::error_code& error) {
        if (error) return;
        if (!is_over) serve();
        else if (has_news_) begin_round();
        else is_busy_ = false;
    });
}

Audience::Seat::Seat(Audience& audience, std::shared_ptr<Group> group, std::function<void()> wake)
    : audience_{audience},
      group_{std::move(group)},
      wake_{std::move(wake)},
      position_{group_->end},
      granted_{group_->end},
      events_{group_->events}
{
    group_->seats.push_back(this);
}

Audience::Seat::~Seat()
{
    auto& turns = audience_.turns_;
    if (turn_ < turns.size() && turns[turn_] == this) turns[turn_] = nullptr;
    std::erase(group_->seats, this);
    if (!group_->seats.empty()) return;
    audience_.happenings_.leave(group_->box);
    audience_.groups_.erase(group_->key);
}

std::vector<Saying> Audience::Seat::start_events()
{
    auto& group = *group_;
    if (group.collect() || group.is_told) audience_.on_told(group);
    std::vector<Saying> others;
    if (position_ < group.first()) {
        const auto events = group.stored.empty() ? group.events : group.stored.front().events;
        const auto missed = group.first() - position_ - (events - events_);
        if (missed > 0) others.push_back({"gap", {}, write_gap(missed)});
    }
    for (const auto& each : group.stored) {
        if (each.first < position_) continue;
        for (const auto& saying : each.batch->sayings())
            if (saying.name != "event") others.push_back(saying);
    }
    position_ = group.end;
    granted_ = group.end;
    return others;
}

std::variant<std::monostate, Saying, BatchPtr> Audience::Seat::take()
{
    if (position_ >= granted_) return {};
    const auto& stored = group_->stored;
    const auto first = group_->first();
    if (position_ < first) {
        const auto missed = first - std::exchange(position_, first);
        granted_ = std::max(granted_, first);
        return Saying{"gap", {}, write_gap(missed)};
    }
    const auto after = std::ranges::upper_bound(stored, position_, {}, &Group::Stored::first);
    const auto& next = *std::prev(after);
    position_ = next.end();
    return next.batch;
}

}  // namespace katydid::stream
