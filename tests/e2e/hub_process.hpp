// The real katydid binary, started, asked and ended by a test.
#pragma once

#include "tests/e2e/child_process.hpp"
#include "tests/e2e/wire.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace katydid::test {

/// One hub over one data folder. It may be started again after it ended.
///
/// Thread safety: port() and the requests may come from any thread while no start or end runs.
class HubProcess {
public:
    /// \param folder     for the log and the port file, and for the data unless data_folder is set
    /// \param variables  the settings; nothing else of the test's environment reaches the hub
    ///                   but PATH and the sanitizers' options
    HubProcess(std::filesystem::path folder, Variables variables);

    std::filesystem::path data_folder;

    /// Returns when the hub is ready. Throws with the end of its log when it is not in 30 s.
    void start();
    /// Sends the signal and waits: the exit status, or minus the signal that ended it.
    int end(int signal);
    [[nodiscard]] ChildProcess& process() { return *process_; }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::uint16_t operator_port() const { return operator_port_; }

    /// A management call with the operator's key. Throws when the answer is not JSON.
    Reply manage(const std::string& method, const std::string& path,
                 const std::string& body = {}) const;
    /// The answer of GET path, a 200. Throws otherwise.
    boost::json::value get(const std::string& path) const;
    /// The items of a list, all pages of it.
    boost::json::array list(const std::string& path) const;
    /// The end of its log, for messages.
    [[nodiscard]] std::string log_tail() const;

private:
    void read_ports(const std::filesystem::path& port_file);

    std::filesystem::path folder_;
    Variables variables_;
    std::unique_ptr<ChildProcess> process_;
    std::uint16_t port_ = 0;
    std::uint16_t operator_port_ = 0;
    std::string operator_key_;
};

}  // namespace katydid::test
