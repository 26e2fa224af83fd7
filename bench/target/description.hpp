// A webhook server described by a TOML file, so that any can be measured the same way.
#pragma once

#include "bench/load/requests.hpp"
#include "bench/sink/sink.hpp"
#include "bench/target/call.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace katydid::bench {

/// A call whose texts hold {{variables}}.
struct CallTemplate {
    std::string name;         ///< for messages
    std::string at = "base";  ///< the variable that holds the address
    Call call;
    unsigned expect = 0;                                       ///< status; 0: any 2xx
    std::vector<std::pair<std::string, std::string>> extract;  ///< variable, JSON pointer
    bool is_optional = false;  ///< of [call.…]: a 404 means that there is no such thing
};

struct StartDescription {
    std::vector<std::string> command;
    std::vector<std::pair<std::string, std::string>> environment;
    std::string ready_file;  ///< JSON, appears when the server is ready
    std::vector<std::pair<std::string, std::string>> extract;  ///< of that file
    std::optional<CallTemplate> ready;  ///< or: a call that answers as expected once ready
    std::chrono::milliseconds timeout{30'000};
};

/// What bench/README.md documents as the format of --target files.
struct Description {
    std::string name;
    Variables variables;
    std::optional<StartDescription> start;
    /// Added to start's environment for several servers on one database; empty: it cannot.
    std::vector<std::pair<std::string, std::string>> cluster_environment;
    std::vector<CallTemplate> setup;
    CallTemplate endpoint;              ///< made for each endpoint
    std::map<std::string, Door> doors;  ///< texts still hold variables; "default" is required
    Verification receive;
    std::string receive_secret = "{{secret}}";
    std::map<std::string, CallTemplate> calls;  ///< optional actions: replay, pause, resume, …
};

/// Throws std::runtime_error that names file, line and the fix.
Description read_description(const std::string& path);

}  // namespace katydid::bench
