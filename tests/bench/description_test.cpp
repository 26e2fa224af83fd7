#include "bench/target/description.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

#include <unistd.h>

using namespace katydid::bench;

namespace {

/// A description in a file that is gone afterwards.
class File {
public:
    explicit File(const std::string& text)
        : path_{std::filesystem::temp_directory_path()
                / ("bench-description-" + std::to_string(getpid()) + ".toml")}
    {
        std::ofstream{path_} << text;
    }
    ~File() { std::filesystem::remove(path_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

std::string refusal_of(const std::string& text)
{
    const File file{text};
    try {
        read_description(file.path());
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "accepted";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_description)

// Goal: the first example, ours, is read as it is meant.
BOOST_AUTO_TEST_CASE(reads_our_own)
{
    const auto ours = read_description(KATYDID_TARGETS "/katydid.toml");
    BOOST_TEST(ours.name == "katydid");
    BOOST_REQUIRE(ours.start.has_value());
    BOOST_TEST(ours.start->command.at(1) == "serve");
    BOOST_CHECK(ours.doors.at("default").signature == Signature::atlvs);
    BOOST_TEST(ours.doors.contains("typed"));
    BOOST_TEST(ours.receive.enabled);
    BOOST_TEST(ours.calls.contains("pause"));
    BOOST_TEST(ours.endpoint.extract.size() == 1U);
}

// Goal: a mistake is refused with its line and the fix.
BOOST_AUTO_TEST_CASE(mistakes)
{
    BOOST_TEST(refusal_of("name = \n").find(":1:") != std::string::npos);
    BOOST_TEST(refusal_of("name = 'x'\n").find("[publish.default]") != std::string::npos);
    BOOST_TEST(refusal_of("[publish.default]\npaht = '/'\n").find(":2: unknown key \"paht\"")
               != std::string::npos);
    BOOST_TEST(refusal_of("[publish.default]\nsignature = 'md5'\n").find("atlvs")
               != std::string::npos);
    BOOST_TEST(refusal_of("[publish.default]\nsignature = 'atlvs'\n").find("secret")
               != std::string::npos);
    BOOST_TEST(refusal_of("[start]\n[publish.default]\n").find("command") != std::string::npos);
}

// Goal: addresses are addresses; names and ports that are none are refused.
BOOST_AUTO_TEST_CASE(addresses)
{
    BOOST_TEST(parse_address("http://127.0.0.1:8080/x").port() == 8080U);
    for (const auto* text : {"localhost:80", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:x", ""})
        BOOST_CHECK_THROW(parse_address(text), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
