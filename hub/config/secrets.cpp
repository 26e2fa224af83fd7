#include "hub/config/secrets.hpp"

#include "signing/keys/secrets.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace katydid::config {

result<std::optional<Secret>> secret_from_variable(const Environment& environment,
                                                   const std::string& name)
{
    const auto found = environment.find(name);
    if (found == environment.end()) return std::optional<Secret>{};
    auto secret = signing::read_secret(found->second);
    if (secret.empty())
        return Error{errc::invalid_argument,
                     name + " is set but empty: give the secret, or unset the variable"};
    return std::optional{std::move(secret)};
}

result<Secret> secret_from_file(const std::string& path)
{
    std::ifstream file{path, std::ios::binary};
    const int number = errno;
    if (!file)
        return Error{errc::invalid_argument,
                     path + " cannot be read: "
                         + (number == ENOENT
                                ? "create it with mode 0600 and the secret as its only line"
                                : std::string{std::strerror(number)}
                                      + ". Let the hub's user read it (chown, chmod 600)")};
    const Secret whole{std::string{std::istreambuf_iterator<char>{file}, {}}};
    auto secret = signing::read_secret(whole.text());
    if (secret.empty())
        return Error{errc::invalid_argument, path + " is empty: write the secret into it"};
    return secret;
}

}  // namespace katydid::config
