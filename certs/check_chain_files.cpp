#include "certs/check_chain.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

namespace katydid::certs {
namespace {

namespace fs = std::filesystem;
using Weight = ChainFinding::Weight;

/// The file's text; nullopt when it cannot be read, which is a finding.
std::optional<std::string> read(const fs::path& file, std::vector<ChainFinding>& findings)
{
    if (file.empty()) return std::string{};
    std::ifstream input{file, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{input}, {}};
    if (input.is_open() && !input.bad()) return text;
    std::error_code unknown;
    const bool is_there = fs::exists(file, unknown);
    findings.push_back({Weight::fault,
                        file.string() + (is_there ? " cannot be read." : " is not there."),
                        is_there ? "Let the hub's user read it: chown or chmod."
                                 : "Put the file there, or correct the path in the settings."});
    return std::nullopt;
}

void look_at_mode(const fs::path& key_file, std::vector<ChainFinding>& findings)
{
    std::error_code error;
    const auto status = fs::status(key_file, error);
    const auto others = fs::perms::others_all;
    if (key_file.empty() || error || (status.permissions() & others) == fs::perms::none) return;
    findings.push_back({Weight::warning,
                        "Everybody on this machine can open " + key_file.string() + ".",
                        "Make it the hub's alone: chmod 0600 " + key_file.string()});
}

}  // namespace

std::vector<ChainFinding> check_chain_files(const ChainFiles& files, Timestamp now)
{
    std::vector<ChainFinding> findings;
    const auto chain = read(files.certificate_file, findings);
    const auto key = read(files.key_file, findings);
    const auto trust = read(files.trust_file, findings);
    if (key && key->empty() && !files.key_file.empty())
        findings.push_back({Weight::fault, files.key_file.string() + " is empty.",
                            "Write the private key into it as PEM."});
    if (chain) {
        ChainInput input{*chain, key.value_or(""), files.hosts, trust.value_or(""), files.use};
        auto more = check_chain(input, now);
        std::ranges::move(more, std::back_inserter(findings));
    }
    look_at_mode(files.key_file, findings);
    return findings;
}

}  // namespace katydid::certs
