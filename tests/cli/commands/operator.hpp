// An operator at a shell: runs commands against a hub in this process.
#pragma once

#include "tests/cli/commands/captured_program.hpp"
#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

namespace katydid::test {

/// Runs commands against a hub and keeps what they say.
class Operator {
public:
    Operator(std::string url, std::filesystem::path folder)
        : url_{std::move(url)},
          folder_{std::move(folder)}
    {}

    Captured run(std::vector<std::string> arguments, const std::string& in = {}) const
    {
        for (const auto& more : {"--url", url_.c_str(), "--key-file"}) arguments.push_back(more);
        arguments.push_back((folder_ / "operator.key").string());
        return run_katydid(std::move(arguments), in);
    }

    /// What a command that must work prints as JSON.
    boost::json::value json(std::vector<std::string> arguments, const std::string& in = {}) const
    {
        arguments.push_back("--json");
        const auto ran = run(arguments, in);
        BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, arguments[0] + ": " + ran.error);
        return boost::json::parse(ran.out);
    }

    std::filesystem::path file(const std::string& name, const std::string& text) const
    {
        const auto path = folder_ / name;
        std::ofstream{path} << text;
        return path;
    }

    [[nodiscard]] const std::string& url() const { return url_; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] std::string key() const
    {
        std::ifstream in{folder_ / "operator.key"};
        std::string key;
        std::getline(in, key);
        return key;
    }

private:
    std::string url_;
    std::filesystem::path folder_;
};

inline void with_operator(Hub& hub, const Folder& folder,
                          const std::function<void(const Operator&)>& script)
{
    run_with_hub(hub, [&](ApiClient person) -> awaitable<> {
        script(Operator{person.url(), folder.path()});
        co_return;
    });
}

inline void with_operator(const std::function<void(const Operator&)>& script)
{
    const Folder folder;
    Hub hub{settings_in(folder)};
    with_operator(hub, folder, script);
}

}  // namespace katydid::test
