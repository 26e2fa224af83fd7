#include "hub/store/sqlite/file/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace katydid::store::sqlite {
namespace {

constexpr mode_t directory_mode = 0700;
constexpr mode_t file_mode = 0600;

void make_directory(const std::filesystem::path& directory)
{
    if (directory.empty() || std::filesystem::is_directory(directory)) return;
    make_directory(directory.parent_path());
    if (::mkdir(directory.c_str(), directory_mode) != 0 && errno != EEXIST)
        throw Failure{cannot_open(directory.string(), errno)};
}

int open_or_refuse(const std::string& path)
{
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, file_mode);
    if (descriptor < 0) throw Failure{cannot_open(path, errno)};
    return descriptor;
}

std::string read_holder(int descriptor)
{
    char text[24] = {};
    const auto size = ::pread(descriptor, text, sizeof text - 1, 0);
    std::string holder{text, size > 0 ? static_cast<std::size_t>(size) : 0U};
    while (!holder.empty() && holder.back() == '\n') holder.pop_back();
    return holder.empty() ? "unknown" : holder;
}

Error in_use(const std::string& path, const std::string& holder)
{
    return {errc::conflict, "The store " + path + " is in use by process " + holder
                                + ". Stop it first, or give this hub another file."};
}

}  // namespace

FileLock::FileLock(const std::string& path)
{
    make_directory(std::filesystem::path{path}.parent_path());
    descriptor_ = open_or_refuse(path + ".lock");
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        const auto holder = read_holder(descriptor_);
        ::close(descriptor_);
        throw Failure{in_use(path, holder)};
    }
    const auto own = std::to_string(::getpid()) + "\n";
    const bool written = ::ftruncate(descriptor_, 0) == 0
                         && ::pwrite(descriptor_, own.data(), own.size(), 0) > 0;
    static_cast<void>(written);  // The content only informs; the lock itself is held.
    file_ = open_or_refuse(path);
}

FileLock::~FileLock()
{
    if (file_ >= 0) ::close(file_);
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::optional<Error> find_holder(const std::string& path)
{
    struct stat status{};
    if (::stat((path + ".lock").c_str(), &status) != 0) return std::nullopt;
    // "1: FLOCK  ADVISORY  WRITE 4711 08:02:1234 0 EOF" (proc_locks(5)).
    std::ifstream table{"/proc/locks"};
    for (std::string line; std::getline(table, line);) {
        unsigned major_number = 0;
        unsigned minor_number = 0;
        unsigned long long inode = 0;
        int holder = 0;
        const int read = std::sscanf(line.c_str(), "%*s FLOCK ADVISORY %*s %d %x:%x:%llu", &holder,
                                     &major_number, &minor_number, &inode);
        const bool is_ours = read == 4 && inode == status.st_ino
                             && major_number == major(status.st_dev)
                             && minor_number == minor(status.st_dev);
        if (is_ours) return in_use(path, std::to_string(holder));
    }
    return std::nullopt;
}

Error cannot_open(const std::string& path, int number)
{
    const auto what = path + " of the store cannot be opened: " + std::strerror(number) + ". ";
    if (number == ENOSPC || number == EDQUOT)
        return {errc::store_full, what + "Make room on the disk."};
    return {errc::invalid_argument,
            what + "The process needs to read and write it and its directory."};
}

}  // namespace katydid::store::sqlite
