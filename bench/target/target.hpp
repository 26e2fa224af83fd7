// A server under test: started, set up, asked and, where a scenario wants it, killed.
#pragma once

#include "bench/measure/process.hpp"
#include "bench/target/description.hpp"
#include "bench/target/process.hpp"

#include <memory>
#include <stdexcept>
#include <string>

namespace katydid::bench {

/// Thrown for what a target does not offer: the scenario is skipped, not failed.
class NotAvailable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Limits and the like that a scenario wants of an endpoint; {{names}} of the description's call.
struct EndpointWishes {
    std::string event_types = "*";
    unsigned in_flight = 64;
    std::string timeout = "15s";
    Variables more;  ///< before the target's own, e.g. another tenant's token
};

/// Where a running server's data and log are, and how it is reached.
///
/// Thread safety: none; lives on one loop.
class Target {
public:
    struct Options {
        std::string program;    ///< {{hub}}: the server to start, may be empty
        std::string directory;  ///< for its data and log; made if need be
        Variables variables;    ///< more of them, e.g. from the command line
    };

    Target(Description description, Options options);

    /// Starts the server if the description says how, waits until it is ready, makes the set-up
    /// calls. Throws std::runtime_error with what failed and the end of the server's log.
    awaitable<> start();
    /// Starts the killed or ended server again, with the same data and at the same port.
    awaitable<> start_again();

    /// Makes the description's call for one endpoint. \returns its variables, e.g. "subscription"
    awaitable<Variables> add_endpoint(const Sink& sink, unsigned index,
                                      const EndpointWishes& wishes, const std::string& secret);
    /// One of the optional calls. Throws NotAvailable when it is not described or there is nothing
    /// at its path (404, 405, 501), std::runtime_error when it is not answered as expected.
    awaitable<Variables> call(const char* name,
                              const Variables& variables);  ///< \returns what it extracted
    [[nodiscard]] bool can(const std::string& name) const
    {
        return description_.calls.contains(name);
    }
    [[nodiscard]] bool has_door(const std::string& name) const
    {
        return description_.doors.contains(name);
    }
    [[nodiscard]] bool can_restart() const noexcept { return process_ != nullptr; }
    [[nodiscard]] bool has_endpoints() const noexcept
    {
        return !description_.endpoint.name.empty();
    }

    /// Where events are posted, variables filled in. \param more  go before the target's own
    [[nodiscard]] Door door(const std::string& name, const Variables& more) const;
    [[nodiscard]] asio::ip::tcp::endpoint address() const;
    [[nodiscard]] const std::string& name() const noexcept { return description_.name; }
    [[nodiscard]] const Description& description() const noexcept { return description_; }
    /// Of the process that serves: {{pid}} where the target says it (it may run below a profiler),
    /// else the one that was started. 0: not known.
    [[nodiscard]] pid_t pid() const;
    /// Of the processes that {{pids}} names, with all that descend from them; else of pid().
    [[nodiscard]] ProcessUsage usage() const;
    [[nodiscard]] ServerProcess* process() noexcept { return process_.get(); }
    /// The last lines of the server's log, for a message.
    [[nodiscard]] std::string log_tail() const;

private:
    awaitable<> wait_until_ready();
    awaitable<Answer> ask(const CallTemplate& call, const Variables& variables,
                          Variables* extracted);
    void launch();
    void set(const std::string& name, std::string value);
    [[nodiscard]] const std::string& get(const std::string& name) const;
    void take_from_json(const std::string& text,
                        const std::vector<std::pair<std::string, std::string>>& wanted,
                        Variables& into) const;

    Description description_;
    std::string directory_;
    Variables variables_;
    std::unique_ptr<ServerProcess> process_;
};

/// A loopback port that was free a moment ago.
unsigned short free_port();

}  // namespace katydid::bench
