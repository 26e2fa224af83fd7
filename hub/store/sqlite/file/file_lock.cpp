#include "hub/store/sqlite/file/file_lock.hpp"

#include "hub/core/error.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace katydid::store::sqlite {
namespace {

constexpr mode_t directory_mode = 0700;
constexpr mode_t file_mode = 0600;

[[noreturn]] void refuse(const std::string& sentence)
{
    throw Failure{Error{errc::invalid_argument, sentence}};
}

void make_directory(const std::filesystem::path& directory)
{
    if (directory.empty() || std::filesystem::is_directory(directory)) return;
    make_directory(directory.parent_path());
    if (::mkdir(directory.c_str(), directory_mode) != 0 && errno != EEXIST)
        refuse("The store's directory " + directory.string()
               + " cannot be created: " + std::strerror(errno) + ".");
}

int open_or_refuse(const std::string& path)
{
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, file_mode);
    if (descriptor < 0)
        refuse("The store's file " + path + " cannot be opened: " + std::strerror(errno)
               + ". The process needs to read and write it and its directory.");
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

}  // namespace

FileLock::FileLock(const std::string& path)
{
    make_directory(std::filesystem::path{path}.parent_path());
    descriptor_ = open_or_refuse(path + ".lock");
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        const auto holder = read_holder(descriptor_);
        ::close(descriptor_);
        throw Failure{
            Error{errc::conflict, "The store " + path + " is in use by process " + holder
                                      + ". Stop it first, or give this hub another file."}};
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

}  // namespace katydid::store::sqlite
