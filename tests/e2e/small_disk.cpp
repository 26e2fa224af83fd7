#include "tests/e2e/small_disk.hpp"

#include <fstream>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace katydid::test {
namespace {

/// Mounts of this process go with it, however it ends.
bool enter_own_mounts()
{
    const bool entered = ::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
    return entered && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

}  // namespace

SmallDisk::SmallDisk(std::filesystem::path folder, std::size_t bytes) : folder_{std::move(folder)}
{
    const auto options = "size=" + std::to_string(bytes);
    is_mounted_
        = enter_own_mounts()
          && ::mount("tmpfs", folder_.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) == 0;
}

SmallDisk::~SmallDisk()
{
    if (is_mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
}

void SmallDisk::fill() const
{
    const int file = ::open((folder_ / "filler").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC,
                            0600);
    const std::vector<char> page(4096, 'x');
    while (::write(file, page.data(), page.size()) > 0) {}
    ::close(file);
}

void SmallDisk::make_room() const { std::filesystem::remove(folder_ / "filler"); }

}  // namespace katydid::test
