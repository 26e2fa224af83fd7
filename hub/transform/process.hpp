// One worker process and the socket to it.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/error.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <sys/types.h>

namespace katydid::transform {

/// Owns the process: it is killed with its last owner.
/// Thread safety: none. Lifetime: a caller that awaits one of its functions holds it.
/// Cancellation: terminal; what was being said is then cut off, so kill() it.
class Process {
public:
    /// How it ended.
    struct Ending {
        bool by_signal = false;
        int code = 0;         ///< the exit code, or the signal
        bool by_hub = false;  ///< kill() was called
    };

    enum class Priority : std::uint8_t {
        normal,
        idle,  ///< it runs when nothing else wants to (SCHED_IDLE)
    };

    /// Takes a millisecond: it waits until the program has replaced the copy of this one.
    static result<std::shared_ptr<Process>> start(const asio::any_io_executor& executor,
                                                  const std::filesystem::path& program,
                                                  Priority priority = Priority::normal);
    Process(asio::local::stream_protocol::socket socket, asio::posix::stream_descriptor handle);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void kill() noexcept;
    [[nodiscard]] bool is_killed() const noexcept { return is_killed_; }
    /// False: it is gone, or does not listen.
    awaitable<bool> write(const std::string& bytes);
    /// nullopt: it is gone, or says more than that.
    awaitable<std::optional<std::string>> read_frame(std::size_t bytes_max);
    awaitable<Ending> wait();

private:
    bool reap(int options) noexcept;

    asio::local::stream_protocol::socket socket_;
    asio::posix::stream_descriptor handle_;  ///< a pidfd: readable when the process has ended
    bool is_killed_ = false;
    std::optional<Ending> ending_;
};

}  // namespace katydid::transform
