#include "hub/store/shards/opener.hpp"

#include "hub/core/async/start_thread.hpp"
#include "hub/store/shards/wait_for.hpp"

namespace katydid::store::shards {

Opener::Opener(Shards& shards, milliseconds interval, std::function<void(std::string)> warn)
    : shards_{shards},
      interval_{interval},
      warn_{std::move(warn)}
{
    for (std::size_t i = 1; i < shards_.size(); ++i) {
        auto& shard = *shards_[i];
        const auto error = try_open(shard);
        if (!error) continue;
        away_.push_back(&shard);
        if (warn_) warn_("Shard \"" + shard.name() + "\" cannot be opened yet: " + error->message);
    }
    if (!away_.empty()) thread_ = start_thread([this] { run(); });
}

Opener::~Opener() { stop(); }

/// Why it is away, or nullopt. Throws Failure where it is another store than it should be.
std::optional<Error> Opener::try_open(Shard& shard)
{
    if (shard.store() != nullptr) return std::nullopt;
    try {
        shard.open();
    } catch (const Failure& failure) {
        if (failure.error() == errc::refused) throw;
        return failure.error();
    }
    return std::nullopt;
}

void Opener::listen()
{
    const std::lock_guard lock{mutex_};
    listening_ = true;
    for (const auto& shard : shards_)
        if (shard->store() != nullptr) shard->listen();
}

void Opener::stop()
{
    {
        const std::lock_guard lock{mutex_};
        stopped_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Opener::run()
{
    std::unique_lock lock{mutex_};
    while (!stopped_ && !away_.empty()) {
        changed_.wait_for(lock, interval_, [this] { return stopped_; });
        if (stopped_) return;
        auto waiting = std::exchange(away_, {});
        for (auto* shard : waiting) {
            bool is_open = false;
            lock.unlock();
            try {
                is_open = !try_open(*shard);
            } catch (const std::exception& failure) {
                if (warn_) warn_(std::string{failure.what()});
            }
            lock.lock();
            if (is_open && listening_) is_open = start_listening(*shard);
            if (!is_open) away_.push_back(shard);
        }
    }
}

/// False: it did not say what waits in it, and is to be asked again.
bool Opener::start_listening(Shard& shard)
{
    shard.listen();
    shard.on_health(Health::ok, "it answers.");
    shard.on_settings_changed();  // what is kept in it, such as replay jobs, was not read yet
    const auto backlog = wait_for(shard.store()->backlog());
    if (!backlog) return false;
    for (const auto& each : *backlog)
        shard.on_backlog(each.tenant, each.subscription, each.lane, each.next_due);
    return true;
}

}  // namespace katydid::store::shards
