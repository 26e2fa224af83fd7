// A folder that goes with its test.
#pragma once

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

#include <stdlib.h>

namespace katydid::test {

class TemporaryFolder {
public:
    TemporaryFolder()
        : path_{(std::filesystem::temp_directory_path() / "katydid-e2e-XXXXXX").string()}
    {
        if (::mkdtemp(path_.data()) == nullptr)
            throw std::system_error{errno, std::generic_category(), "mkdtemp"};
    }
    ~TemporaryFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] std::filesystem::path path() const { return path_; }

private:
    std::string path_;
};

}  // namespace katydid::test
