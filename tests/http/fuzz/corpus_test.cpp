// Runs the fuzz targets over their corpus and over small changes of it, so that they never rot.
#include "tests/http/fuzz/targets.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace katydid::http::fuzz {

BOOST_AUTO_TEST_SUITE(http_fuzz_corpus)

using Target = void (*)(std::string_view);

std::string read_file(const std::filesystem::path& path)
{
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// The file, every cut of it, and copies with random bytes changed (fixed seed).
std::size_t run(Target target, const std::string& folder)
{
    constexpr int changes = 200;
    std::mt19937 random{20250615};
    std::size_t files = 0;
    const auto corpus = std::filesystem::path{KATYDID_CASES} / "../fuzz/corpus" / folder;
    for (const auto& entry : std::filesystem::directory_iterator{corpus}) {
        const auto text = read_file(entry.path());
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

// Goal: no input of the corpus, and none near it, crashes or breaks a promise.
BOOST_AUTO_TEST_CASE(corpus)
{
    BOOST_TEST(run(read_any_request, "read_any_request") >= 15U);
    BOOST_TEST(run(read_any_chunks, "read_any_chunks") >= 8U);
    BOOST_TEST(run(check_any_url, "check_any_url") >= 15U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::http::fuzz
