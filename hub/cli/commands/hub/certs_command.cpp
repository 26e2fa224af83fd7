// katydid certs: certificates for development.
#include "hub/cli/tree/command.hpp"

#include "certs/dev_ca.hpp"

#include <iostream>
#include <memory>

namespace katydid::cli {
namespace {

struct Inputs {
    std::string folder = "katydid-certs";
    std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
    std::string client = "katydid-client";
};

/// Makes the CA if there is none, and a fresh server and client certificate.
void make_certificates(const Inputs& inputs)
{
    certs::DevCa ca{inputs.folder};
    certs::DevCertificate server;
    server.common_name = inputs.names.front();
    server.names = inputs.names;
    const auto server_files = ca.issue("server", server);
    certs::DevCertificate client;
    client.use = certs::DevCertificate::Use::client;
    client.common_name = inputs.client;
    client.names = {};
    const auto client_files = ca.issue("client", client);
    std::cout << "Certificates for development, good for 90 days; keys are readable by you only.\n"
              << "  authority  " << ca.ca_file().string() << '\n'
              << "  server     " << server_files.certificate.string() << ", "
              << server_files.key.string() << '\n'
              << "  client     " << client_files.certificate.string() << ", "
              << client_files.key.string() << '\n'
              << "Start the hub with them:\n"
              << "  katydid serve --tls-certificate " << server_files.certificate.string()
              << " --tls-key " << server_files.key.string() << '\n'
              << "To ask for client certificates, set KATYDID_TLS_CLIENT_CA_FILE="
              << ca.ca_file().string() << '\n';
}

}  // namespace

void add_certs_command(CLI::App& app, int& exit_code)
{
    auto* command = app.add_subcommand("certs", "Certificates for development");
    command->require_subcommand(1);
    auto* dev = command->add_subcommand(
        "dev", "Make a CA (or use the one that is there), a server and a client certificate");
    auto inputs = std::make_shared<Inputs>();
    dev->add_option("--dir", inputs->folder, "Where to put them")
        ->type_name("DIR")
        ->capture_default_str();
    dev->add_option("--name", inputs->names, "Host names and addresses of the server")
        ->capture_default_str();
    dev->add_option("--client", inputs->client, "Name in the client certificate")
        ->capture_default_str();
    dev->callback([inputs, &exit_code] {
        try {
            make_certificates(*inputs);
        } catch (const std::exception& error) {
            std::cerr << "katydid certs: " << error.what() << '\n';
            exit_code = not_reached;
        }
    });
}

}  // namespace katydid::cli
