// Tells when files have changed.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/clock.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace katydid::certs {

/// Watches files through their folders (inotify), so that a file that is replaced by a rename or
/// behind a symbolic link is seen too; looks once a minute besides, for file systems that tell
/// nothing.
///
/// A change is told once the files have been quiet for a moment: a certificate and its key are
/// written one after the other. Thread safety: none; all calls on the executor's thread.
class FileWatch {
public:
    struct Options {
        milliseconds quiet{200};
        milliseconds poll{60'000};
    };

    FileWatch(boost::asio::any_io_executor executor, std::vector<std::filesystem::path> files,
              std::function<void()> on_change, Options options);
    ~FileWatch();
    FileWatch(const FileWatch&) = delete;
    FileWatch& operator=(const FileWatch&) = delete;

    /// Begins to watch. Without inotify only the look once a minute is left.
    void start();
    /// Ends. May be called twice; on_change is not called again.
    void stop();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace katydid::certs
