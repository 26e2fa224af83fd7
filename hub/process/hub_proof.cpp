#include "hub/process/hub_proof.hpp"

#include <filesystem>
#include <fstream>

namespace katydid {
namespace {

/// This run of the machine and this set of network interfaces; containers have their own.
std::string machine()
{
    std::string text;
    std::getline(std::ifstream{"/proc/sys/kernel/random/boot_id"}, text);
    std::error_code absent;
    return text + "\n" + std::filesystem::read_symlink("/proc/self/ns/net", absent).string();
}

}  // namespace

std::string hub_proof(const signing::Vault& vault, std::string_view challenge, std::uint16_t port)
{
    return vault.prove(std::string{challenge} + "\n" + std::to_string(port) + "\n" + machine());
}

}  // namespace katydid
