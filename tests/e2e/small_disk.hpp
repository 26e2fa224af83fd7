// A disk that is soon full: a tmpfs of a few megabytes that only this test program sees.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace katydid::test {

class SmallDisk {
public:
    /// Mounts it at a folder that exists. Call before the program starts threads.
    /// is_mounted() is false where neither root nor user namespaces are to be had.
    SmallDisk(std::filesystem::path folder, std::size_t bytes);
    ~SmallDisk();
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    [[nodiscard]] bool is_mounted() const { return is_mounted_; }
    /// Writes a file until there is no room left.
    void fill() const;
    /// Removes that file.
    void make_room() const;

private:
    std::filesystem::path folder_;
    bool is_mounted_ = false;
};

}  // namespace katydid::test
