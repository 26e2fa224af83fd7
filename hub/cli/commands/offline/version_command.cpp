// katydid version: what this binary is made of.
#include "hub/cli/tree/command.hpp"

#include <boost/version.hpp>
#include <openssl/crypto.h>
#include <sqlite3.h>

#include <iostream>

namespace katydid::cli {

void add_version_command(CLI::App& app, int&)
{
    auto* command = app.add_subcommand("version",
                                       "Print the versions of Katydid and its libraries");
    command->callback([] {
        std::cout << "katydid " << KATYDID_VERSION << "\nboost " << BOOST_VERSION / 100'000 << '.'
                  << BOOST_VERSION / 100 % 1'000 << "\nopenssl "
                  << OpenSSL_version(OPENSSL_VERSION_STRING) << "\nsqlite " << sqlite3_libversion()
                  << "\ncompiler " << __VERSION__ << '\n';
    });
}

}  // namespace katydid::cli
