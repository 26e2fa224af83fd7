#include "hub/cli/offline_input.hpp"

#include "hub/cli/tree/usage.hpp"
#include "signing/keys/secrets.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

namespace katydid::cli {
namespace {

Error wrong(std::string text) { return {errc::invalid_argument, std::move(text)}; }

result<signing::SchemePtr> read_scheme(const OfflineOptions& options)
{
    if (!options.scheme_file.empty()) {
        const auto text = read_file(options.scheme_file);
        if (!text) return text.error();
        return signing::load_scheme(options.scheme.empty() ? options.scheme_file : options.scheme,
                                    *text);
    }
    if (options.scheme.empty()) return wrong("--scheme is missing; `katydid schemes` lists them");
    auto scheme = signing::find_scheme(options.scheme);
    if (!scheme)
        return wrong("there is no scheme \"" + options.scheme + "\"; `katydid schemes` lists them"
                     + did_you_mean(options.scheme, signing::scheme_names()));
    return scheme;
}

/// Keys are numbered from 1, in the order of the options.
void add_key(signing::KeyRing& ring, Secret secret)
{
    IdBytes number{};
    number[15] = static_cast<std::uint8_t>(ring.keys.size() + 1);
    ring.keys.push_back({KeyId{number}, std::move(secret), {}, {}});
}

result<signing::KeyRing> read_keys(const OfflineOptions& options)
{
    signing::KeyRing ring;
    for (const auto& name : options.secret_envs) {
        const char* const value = std::getenv(name.c_str());
        auto secret = signing::read_secret(value != nullptr ? value : "");
        if (secret.empty())
            return wrong("the environment variable " + name
                         + " (--secret-env) is not set or empty");
        add_key(ring, std::move(secret));
    }
    for (const auto& path : options.secret_files) {
        auto text = read_file(path);
        if (!text) return text.error();
        auto secret = signing::read_secret(*text);
        if (secret.empty()) return wrong("the file " + path + " (--secret-file) is empty");
        add_key(ring, std::move(secret));
    }
    if (ring.keys.empty()) return wrong("no secret: name it with --secret-env or --secret-file");
    return ring;
}

}  // namespace

void add_offline_options(CLI::App& command, OfflineOptions& options)
{
    command.add_option("--scheme", options.scheme,
                       "A scheme of the catalog (see `katydid schemes`)");
    command.add_option("--scheme-file", options.scheme_file, "A scheme of your own, in TOML");
    command.add_option("--secret-env", options.secret_envs,
                       "The environment variable that holds the secret; repeat for several");
    command.add_option("--secret-file", options.secret_files,
                       "The file that holds the secret; repeat for several");
    command.add_option("--at", options.at_unix_seconds, "The time in Unix seconds, instead of now");
    command.add_option("--method", options.method, "The request's method (POST)");
    command.add_option("--url", options.url,
                       "The URL that the sender posts to, as it is known outside");
    command
        .add_option("--body-file", options.body_file,
                    "The exact bytes of the body; - is standard input")
        ->required();
    command.add_flag("--json", options.json, "Print JSON");
}

result<std::string> read_file(const std::string& path)
{
    if (path == "-") return std::string{std::istreambuf_iterator<char>{std::cin}, {}};
    std::ifstream in{path, std::ios::binary};
    if (!in.is_open()) return wrong("cannot read the file " + path);
    try {
        return std::string{std::istreambuf_iterator<char>{in}, {}};
    } catch (const std::ios_base::failure&) {  // a directory, a fault of the disk
        return wrong("cannot read the file " + path);
    }
}

result<OfflineInput> read_offline_input(const OfflineOptions& options)
{
    constexpr std::int64_t seconds_max = 100'000'000'000;
    auto scheme = read_scheme(options);
    if (!scheme) return scheme.error();
    auto keys = read_keys(options);
    if (!keys) return keys.error();
    auto body = read_file(options.body_file);
    if (!body) return body.error();
    Timestamp at = system_clock().now();
    if (options.at_unix_seconds) {
        if (*options.at_unix_seconds < 0 || *options.at_unix_seconds > seconds_max)
            return wrong("--at is a number of Unix seconds");
        at = Timestamp{milliseconds{*options.at_unix_seconds * 1000}};
    }
    return OfflineInput{std::move(*scheme), std::move(*keys), at, std::move(*body)};
}

int refuse_usage(const Error& error)
{
    std::cerr << "katydid: " << error.message << '\n';
    return wrong_usage;
}

}  // namespace katydid::cli
