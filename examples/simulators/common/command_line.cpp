#include "examples/simulators/common/platform.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <iostream>

namespace katydid::simulators {

constexpr int exit_usage = 2;

int run_main(int argc, char** argv, Options defaults, const char* about, MakePlatform make)
{
    Options options = std::move(defaults);
    CLI::App app{about};
    app.add_option("--listen", options.listen, "Address and port; port 0 takes a free one")
        ->capture_default_str();
    app.add_option("--hub", options.hub, "Where the hub listens, e.g. http://127.0.0.1:8080");
    app.add_option("--sso-hub", options.sso_hub,
                   "The public URL of the hub that hands people on; without it nobody is");
    app.add_option("--port-file", options.port_file,
                   "Written once ready: {\"listen\":\"127.0.0.1:PORT\"}");
    app.add_option("--tls-dir", options.tls_folder,
                   "Folder of `katydid certs dev`: TLS both ways, with client certificates");
    app.add_option("--rate", options.per_second, "Webhooks a second")
        ->capture_default_str()
        ->check(CLI::Range(0.001, 100'000.0));
    app.add_option("--count", options.count, "How many to post; -1: until stopped")
        ->capture_default_str();
    app.add_option("--seed", options.seed, "Same seed, same webhooks")->capture_default_str();
    app.add_option("--repeat-one-in", options.repeat_one_in,
                   "One in so many webhooks with an id is posted twice; 0: none")
        ->capture_default_str();
    app.add_option("--types", options.types,
                   "Event types to post, e.g. resource.*; all without it");
    app.add_option("--api-key-env", options.api_key_env,
                   "Variable with the key of the REST API; unset: it answers 503")
        ->capture_default_str();
    app.add_option("--sign-secret-env", options.sign_secret_env,
                   "Variable with the secret that signs")
        ->capture_default_str();
    app.add_option("--verify-secret-env", options.verify_secret_env,
                   "Variable with the secret that verifies")
        ->capture_default_str();
    if (!options.standard_secret_env.empty()) {
        app.add_option("--standard-secret-env", options.standard_secret_env,
                       "Variable with the secret that verifies Standard Webhooks; may be unset")
            ->capture_default_str();
    }
    try {
        app.parse(argc, argv);
        return run(options, make);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? EXIT_SUCCESS : exit_usage;
    } catch (const std::exception& error) {
        std::cerr << app.get_name() << ": " << error.what() << '\n';
        return EXIT_FAILURE;
    }
}

}  // namespace katydid::simulators
