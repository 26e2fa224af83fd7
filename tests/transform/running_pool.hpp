// A pool with real workers on a loop of its own, for tests that ask one thing after the other.
#pragma once

#include "hub/transform/pool.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <string>
#include <vector>

namespace katydid::transform::test {

class RunningPool {
public:
    /// With the real worker, one of them.
    RunningPool();
    explicit RunningPool(Pool::Options options);
    ~RunningPool();
    RunningPool(const RunningPool&) = delete;
    RunningPool& operator=(const RunningPool&) = delete;

    Pool& operator*() noexcept { return pool_; }
    Pool* operator->() noexcept { return &pool_; }
    asio::io_context& loop() noexcept { return loop_; }

    void stop();
    /// Each of these is for a key of its own, so that none of them is a suspect.
    result<Outcome> run(const Program& program, const Input& input = {});
    /// Outputs only; a fault or an error fails the test.
    Output output(const Program& program, const Input& input = {});
    /// Faults only.
    Fault fault(const Program& program, const Input& input = {});
    result<std::optional<Fault>> check(const Program& program);
    /// Until `done()`, or ten seconds.
    void run_until(const std::function<bool()>& done);

    std::vector<std::string> losses;  ///< what the observer was told

private:
    std::string new_key();

    asio::io_context loop_{1};
    Pool pool_;
    unsigned keys_ = 0;
};

/// The body of `function transform({payload, headers, event})`.
Program javascript(std::string_view body);
Program jq(std::string source);
Input payload(std::string json);
Pool::Options real_workers(std::size_t count);
/// Workers that do what a program's source says (probe.cpp).
Pool::Options probes(std::size_t count);

}  // namespace katydid::transform::test
