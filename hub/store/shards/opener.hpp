// Opens the shards that were away when the hub started.
#pragma once

#include "hub/store/shards/shard.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace katydid::store::shards {

/// Opens every shard but the first at once, and asks again for those that did not answer.
///
/// One that comes later is listened to at once, and says what waits in it.
/// Thread safety: one thread of its own; `listen` and `stop` from any other.
class Opener {
public:
    /// Tries each once, and throws Failure where one is not what the settings say.
    Opener(Shards& shards, milliseconds interval, std::function<void(std::string)> warn);
    ~Opener();
    Opener(const Opener&) = delete;
    Opener& operator=(const Opener&) = delete;

    /// There is a listener now.
    void listen();
    /// May be called twice.
    void stop();

private:
    std::optional<Error> try_open(Shard& shard);
    bool start_listening(Shard& shard);
    void run();

    Shards& shards_;
    const milliseconds interval_;
    const std::function<void(std::string)> warn_;
    std::vector<Shard*> away_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool listening_ = false;
    bool stopped_ = false;
    std::thread thread_;
};

}  // namespace katydid::store::shards
