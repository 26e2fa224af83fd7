// The engine of JavaScript: SpiderMonkey, without its compilers to machine code.
#pragma once

#include "hub/transform/program.hpp"

#include <jsapi.h>

#include <string>
#include <string_view>

namespace katydid::transform::worker {

/// Thrown: an exception is pending in the engine.
struct Pending {};

inline void require(bool done)
{
    if (!done) throw Pending{};
}

/// Starts the engine, once a process, and enters a realm that no program uses.
/// Throws std::runtime_error.
JSContext* start_javascript();

/// What `new Date()` says.
void set_clock(std::chrono::sys_time<std::chrono::milliseconds> now) noexcept;

/// A global object in which everything is frozen (freeze.js), in a compartment of its own.
/// Null with a pending exception: out of memory.
JSObject* make_frozen_global(JSContext* context);

/// Evaluates a script in the current realm. False with a pending exception.
bool evaluate(JSContext* context, std::string_view source, JS::MutableHandleValue value);

/// How the engine's lines and columns become the program's.
struct Place {
    bool compiling;            ///< columns count from 0 there, and from 1 where code runs
    std::size_t prefix_bytes;  ///< how much stands before the program in its first line
};

/// The pending exception, or why there is none, as a fault. Runs no code of the program.
Fault take_fault(JSContext* context, std::chrono::milliseconds timeout, const Place& place);

/// UTF-8, with U+FFFD for what is no text. nullopt with a pending exception.
std::optional<std::string> to_utf8(JSContext* context, JS::HandleString text);
JSString* to_text(JSContext* context, std::string_view utf8);

}  // namespace katydid::transform::worker
