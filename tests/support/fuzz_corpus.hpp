// A fuzz target over its corpus and over small changes of it, without the fuzzer.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

namespace katydid::test {

/// Every file of the folder, every cut of it, and copies with random bytes changed (fixed seed).
/// Returns how many files there are.
inline std::size_t run_corpus(void (*target)(std::string_view), const std::filesystem::path& folder)
{
    constexpr int changes = 200;
    std::mt19937 random{20250615};
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        std::ifstream in{entry.path(), std::ios::binary};
        const std::string text{std::istreambuf_iterator<char>{in}, {}};
        ++files;
        target(text);
        for (std::size_t size = 0; size < text.size(); size += 1 + text.size() / 64)
            target(std::string_view{text}.substr(0, size));
        for (int i = 0; i < changes && !text.empty(); ++i) {
            auto changed = text;
            for (unsigned n = 0; n < 1 + random() % 4; ++n)
                changed[random() % changed.size()] = static_cast<char>(random() & 0xffU);
            target(changed);
        }
    }
    return files;
}

}  // namespace katydid::test
