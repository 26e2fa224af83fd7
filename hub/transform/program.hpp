// What a transform is: a program, what it is given, and what it comes to. Plain types.
#pragma once

#include "hub/core/subscription/language.hpp"
#include "hub/core/text/headers.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace katydid::transform {

/// Code that somebody of a tenant wrote. It runs in a worker process, never in the hub.
struct Program {
    Language language = Language::javascript;
    std::string source{};
    /// CPU time of one run; compiling the program the first time is not counted.
    std::chrono::milliseconds timeout{50};
};

/// What a program is called with: `transform({payload, headers, event})`.
struct Input {
    std::string payload{};     ///< parsed where it is JSON, else handed over as text
    Headers headers{};         ///< as an object, names in lower case
    std::string event = "{}";  ///< JSON text: what is known about the event
    /// What `new Date()` says in the program, which has no clock: when the event was accepted.
    std::chrono::sys_time<std::chrono::milliseconds> now{};
};

/// What a program made of it. What it left out stays as it was.
struct Output {
    std::optional<std::string> payload{};
    Headers headers{};  ///< fields to add or to replace; each passes is_header_safe
    std::optional<std::string> path{};
    std::optional<std::string> cancel{};  ///< why nothing is to be sent
    /// Members of the result that mean nothing, misspelt ones above all. Nothing comes of them.
    std::vector<std::string> ignored{};

    friend bool operator==(const Output&, const Output&) = default;
};

/// Why a program came to nothing. It will do so again with the same input: fix the program.
struct Fault {
    enum class Kind : std::uint8_t {
        thrown,   ///< the program threw, or does not compile
        result,   ///< it returned something that cannot be sent
        time,     ///< it used up its CPU time
        memory,   ///< it used up its memory
        crashed,  ///< it brought its worker down
    };
    Kind kind = Kind::thrown;
    std::string message{};
    std::uint32_t line = 0;    ///< of the source, from 1; 0: not known
    std::uint32_t column = 0;  ///< from 1; 0: not known

    friend bool operator==(const Fault&, const Fault&) = default;
};

/// "TypeError: payload.items is undefined (line 3)": as deliveries and logs say it.
[[nodiscard]] std::string describe(const Fault& fault);
/// `"paylod" is ignored: …`, as people read it; empty: nothing is.
[[nodiscard]] std::string describe_ignored(const Output& output);

using Outcome = std::variant<Output, Fault>;

// Limits. The worker keeps to them for the program's sake, the hub for its own.
constexpr std::size_t source_bytes_max = 64 * 1024;
constexpr std::size_t input_bytes_max = 8 * 1024 * 1024;
constexpr std::size_t output_bytes_max = 1024 * 1024;  ///< payload, header fields and path together
constexpr std::size_t header_count_max = 64;
constexpr std::size_t heap_bytes_max = 32 * 1024 * 1024;
constexpr std::size_t message_bytes_max = 1000;
constexpr std::size_t ignored_count_max = 8;   ///< more are not named
constexpr std::size_t ignored_bytes_max = 64;  ///< of each name, which is cut
constexpr std::chrono::milliseconds timeout_max{1000};

}  // namespace katydid::transform
