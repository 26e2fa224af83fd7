#include "certs/file_watch.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/inotify.h>
#include <sys/stat.h>

#include <array>
#include <set>
#include <tuple>

namespace katydid::certs {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t events = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ATTRIB | IN_DELETE;

/// What tells one content of a file from the next without reading it.
using Print = std::tuple<dev_t, ino_t, off_t, std::int64_t, std::int64_t>;

Print print_of(const fs::path& file)
{
    struct stat info{};
    if (::stat(file.c_str(), &info) != 0) return {};
    return {info.st_dev, info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
}

std::set<fs::path> folders_of(const std::vector<fs::path>& files)
{
    std::set<fs::path> folders;
    for (const auto& file : files)
        folders.insert(file.has_parent_path() ? file.parent_path() : fs::path{"."});
    return folders;
}

}  // namespace

struct FileWatch::State : std::enable_shared_from_this<State> {
    State(const boost::asio::any_io_executor& executor, std::vector<fs::path> watched,
          std::function<void()> told, Options chosen)
        : files{std::move(watched)},
          on_change{std::move(told)},
          options{chosen},
          notices{executor},
          timer{executor}
    {}

    void start();
    void read();
    void wait(milliseconds time);
    void look();
    [[nodiscard]] std::vector<Print> prints() const;

    const std::vector<fs::path> files;
    std::function<void()> on_change;
    const Options options;
    boost::asio::posix::stream_descriptor notices;
    boost::asio::steady_timer timer;
    std::array<char, 4096> buffer{};
    std::vector<Print> seen;
    bool stopped = false;
};

std::vector<Print> FileWatch::State::prints() const
{
    std::vector<Print> all;
    for (const auto& file : files) all.push_back(print_of(file));
    return all;
}

void FileWatch::State::start()
{
    seen = prints();
    wait(options.poll);
    const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (descriptor < 0) return;
    notices.assign(descriptor);
    for (const auto& folder : folders_of(files))
        ::inotify_add_watch(descriptor, folder.c_str(), events);
    read();
}

/// What the notices say does not matter, only that there was one.
void FileWatch::State::read()
{
    notices.async_read_some(
        boost::asio::buffer(buffer),
        [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
            if (error || self->stopped) return;
            self->wait(self->options.quiet);
            self->read();
        });
}

void FileWatch::State::wait(milliseconds time)
{
    timer.expires_after(time);
    timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (!error && !self->stopped) self->look();
    });
}

void FileWatch::State::look()
{
    wait(options.poll);
    auto now = prints();
    if (now == seen) return;
    seen = std::move(now);
    on_change();
}

FileWatch::FileWatch(boost::asio::any_io_executor executor, std::vector<fs::path> files,
                     std::function<void()> on_change, Options options)
    : state_{std::make_shared<State>(executor, std::move(files), std::move(on_change), options)}
{}

FileWatch::~FileWatch() { stop(); }

void FileWatch::start() { state_->start(); }

void FileWatch::stop()
{
    state_->stopped = true;
    state_->timer.cancel();
    boost::system::error_code ignored;
    state_->notices.close(ignored);
}

}  // namespace katydid::certs
