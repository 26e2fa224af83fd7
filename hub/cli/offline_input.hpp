// What `sign` and `verify` share: scheme, secrets, time and bytes, from options.
#pragma once

#include "hub/cli/tree/command.hpp"
#include "hub/core/error.hpp"
#include "hub/core/text/headers.hpp"
#include "signing/keys/key_ring.hpp"
#include "signing/schemes/scheme.hpp"

#include <optional>
#include <string>
#include <vector>

namespace katydid::cli {

/// The options as given. CLI11 writes into it; it outlives the parsing.
struct OfflineOptions {
    std::string scheme;
    std::string scheme_file;
    std::vector<std::string> secret_envs;
    std::vector<std::string> secret_files;
    std::optional<std::int64_t> at_unix_seconds;
    std::string method = "POST";
    std::string url;
    std::string body_file;
    bool json = false;
};

/// The same, read in.
struct OfflineInput {
    signing::SchemePtr scheme;
    signing::KeyRing keys;
    Timestamp at;
    std::string body;
};

void add_offline_options(CLI::App& command, OfflineOptions& options);

/// Errors: invalid_argument, with a sentence that says which option to fix.
result<OfflineInput> read_offline_input(const OfflineOptions& options);

/// A file's bytes, or standard input's for "-".
result<std::string> read_file(const std::string& path);

/// Writes the sentence to standard error and returns wrong_usage.
int refuse_usage(const Error& error);

}  // namespace katydid::cli
