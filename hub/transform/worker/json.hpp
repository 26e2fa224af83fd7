// Between JSON text and the values of a program in JavaScript.
#pragma once

#include "hub/transform/program.hpp"
#include "hub/transform/worker/numbers.hpp"

#include <jsapi.h>

#include <string>
#include <string_view>

namespace katydid::transform::worker {

/// Both directions use the engine's own JSON, so a program sees what JSON.parse gives and sends
/// what JSON.stringify writes, but for numbers, which keep their digits (Numbers):
///
/// - an integer beyond 2^53 is a BigInt, and any BigInt is written as its digits;
/// - a number that is written otherwise than JavaScript would (1.0, 19.90, 1e400, digits beyond
///   a double's) is a number, and is written as it came wherever that value is written. A result
///   of arithmetic that happens to equal it is written the same, which is the same number. Of two
///   spellings of one value the first counts.
///
/// Values made in one run are forgotten with it. Every function may throw Pending or a Fault.
class Json {
public:
    explicit Json(JSContext* context);

    /// {payload, headers, event}, in the current realm.
    JSObject* to_argument(const Input& input);
    /// Getters and proxies of the program run here: under its limits.
    Output to_output(JS::HandleObject result);

private:
    void define(JS::HandleObject object, const char* name, JS::HandleValue value);
    bool parse(std::string_view text, JS::MutableHandleValue value);
    void read_payload(std::string_view payload, JS::MutableHandleValue value);
    JSObject* read_headers(const Headers& headers);

    std::optional<std::string> text_of(JS::HandleObject result, const char* name);
    std::string body_of(JS::HandleValue payload);
    Headers headers_of(JS::HandleValue value);
    void note_members(Output& output, JS::HandleObject result);

    JSContext* context_;
    Numbers numbers_;
};

}  // namespace katydid::transform::worker
