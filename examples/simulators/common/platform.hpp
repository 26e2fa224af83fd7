// What one simulated platform is made of: the seam between the program and the platforms.
#pragma once

#include "examples/simulators/common/poster.hpp"
#include "examples/simulators/common/receiver.hpp"
#include "hub/http/server/router.hpp"

#include <memory>
#include <string>
#include <vector>

namespace katydid::simulators {

/// The command line of a simulator.
struct Options {
    std::string listen = "127.0.0.1:0";
    std::string
        hub;  ///< "http://127.0.0.1:8080"; empty: nothing is posted until /_sim/post names one
    std::string sso_hub;  ///< the public URL of the hub that hands people on; empty: none does
    std::string port_file;
    std::string tls_folder;  ///< of `katydid certs dev`: mutual TLS in both directions
    double per_second = 20;
    std::int64_t count = -1;  ///< below 0: until stopped
    std::uint64_t seed = 1;
    std::uint64_t repeat_one_in = 25;
    std::vector<std::string> types;
    std::string api_key_env;          ///< of the REST API; a variable that is unset closes it
    std::string sign_secret_env;      ///< signs what it posts
    std::string verify_secret_env;    ///< verifies what it receives
    std::string standard_secret_env;  ///< verifies Standard Webhooks, where it receives any
};

/// One platform: what it posts, and the routes it answers. Lives on one loop.
class Platform {
public:
    virtual ~Platform() = default;
    virtual std::string_view name() const = 0;
    /// Where on the hub its webhooks go: "/api/webhooks/atlvs".
    virtual std::string_view hub_path() const = 0;
    /// What it tells the hub about next, before it is written as a webhook.
    virtual Happening next_happening() = 0;
    virtual Webhook next_webhook() = 0;
    /// Adds the routes that `receiver` serves. The router and the receiver live as long.
    virtual void add_routes(http::Router& router, Receiver& receiver) = 0;
};

using MakePlatform = std::unique_ptr<Platform> (*)(const Options& options, const Clock& clock);

/// Runs a simulator until SIGTERM or SIGINT. Returns the exit status.
int run(const Options& options, MakePlatform make);

/// Parses the command line, runs, and prints what went wrong as one line.
int run_main(int argc, char** argv, Options defaults, const char* about, MakePlatform make);

/// The key ring of a secret in the environment. Throws Failure when it is not set or empty.
signing::KeyRing keys_from_environment(const std::string& variable);

/// The text of a variable, empty when it is not set.
std::string text_from_environment(const std::string& variable);

}  // namespace katydid::simulators
