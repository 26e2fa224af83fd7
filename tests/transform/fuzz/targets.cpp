#include "tests/transform/fuzz/targets.hpp"

#include "hub/transform/wire.hpp"

#include <cstdlib>

namespace katydid::transform::fuzz {

void read_any_frame(std::string_view bytes)
{
    // What is read without complaint keeps to the limits, and is written as it was read.
    if (const auto reply = decode_reply(bytes)) {
        const auto again = decode_reply(encode(*reply));
        if (!again || again->outcome != reply->outcome) std::abort();
        if (const auto* output = std::get_if<Output>(&reply->outcome)) {
            if (output->payload.value_or("").size() > output_bytes_max) std::abort();
            for (const auto& [name, value] : output->headers)
                if (!is_header_safe(name, value)) std::abort();
        }
    }
    if (const auto request = decode_request(bytes)) {
        const auto again = decode_request(encode(*request));
        if (!again || again->input.payload != request->input.payload
            || again->program.source != request->program.source
            || again->input.headers != request->input.headers)
            std::abort();
    }
}

}  // namespace katydid::transform::fuzz
