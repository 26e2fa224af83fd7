// How a hub shows that it is the one of these settings before it is sent the operator's key.
#pragma once

#include "signing/keys/vault.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace katydid {

/// Headers of GET /healthz: what is asked, and what a hub answers.
constexpr std::string_view challenge_header = "Katydid-Challenge";
constexpr std::string_view proof_header = "Katydid-Proof";

/// That a hub with this master key listens for webhooks at that port of this machine. A program
/// that listens there instead cannot make it, and one that another hub makes is for another port
/// or another machine, so it cannot be passed on.
[[nodiscard]] std::string hub_proof(const signing::Vault& vault, std::string_view challenge,
                                    std::uint16_t port);

}  // namespace katydid
