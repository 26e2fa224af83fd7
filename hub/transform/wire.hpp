// What the hub and its workers say to each other over a socket pair.
//
// A frame is its size (four bytes) and that many bytes. Both ends are one build on one machine, so
// numbers stand as the machine has them; neither end trusts what the other one says.
#pragma once

#include "hub/transform/program.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace katydid::transform {

struct Request {
    bool only_check = false;  ///< compile it, do not run it
    Program program{};
    Input input{};
};

struct Reply {
    Outcome outcome{};
    std::chrono::microseconds duration{};  ///< CPU time of the run
};

/// The first frame of a worker, after it has closed its sandbox.
constexpr std::string_view greeting = "katydid-transform 2";

// How a worker ends that a program could not be stopped in otherwise.
constexpr int exit_nonsense = 70;  ///< the hub said something that is no request
constexpr int exit_time = 71;
constexpr int exit_memory = 72;

constexpr std::size_t frame_head_bytes = sizeof(std::uint32_t);
constexpr std::size_t request_bytes_max = source_bytes_max + 2 * input_bytes_max + 1024 * 1024;
constexpr std::size_t reply_bytes_max = output_bytes_max + 64 * 1024;

[[nodiscard]] std::string frame(std::string_view body);
[[nodiscard]] std::uint32_t frame_size(const char* head) noexcept;

[[nodiscard]] std::string encode(const Request& request);
[[nodiscard]] std::string encode(const Reply& reply);
/// nullopt: not what encode() writes, or over a limit of program.hpp.
[[nodiscard]] std::optional<Request> decode_request(std::string_view body);
[[nodiscard]] std::optional<Reply> decode_reply(std::string_view body);

}  // namespace katydid::transform
