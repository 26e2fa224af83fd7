#include "hub/transform/worker/result.hpp"

#include <algorithm>
#include <array>

namespace katydid::transform::worker {

Fault result_fault(std::string message)
{
    return {.kind = Fault::Kind::result, .message = std::move(message)};
}

Fault too_large()
{
    return result_fault("what it returns is larger than " + std::to_string(output_bytes_max / 1024)
                        + " KiB");
}

Fault too_many_headers()
{
    return result_fault("it returns more than " + std::to_string(header_count_max)
                        + " header fields");
}

bool note_member(Output& output, std::string_view name)
{
    constexpr std::array<std::string_view, 5> known{"payload", "headers", "path", "cancel",
                                                    "event"};
    if (std::ranges::find(known, name) == known.end())
        output.ignored.push_back(cut_message(std::string{name}, ignored_bytes_max));
    return output.ignored.size() < ignored_count_max;
}

void require_sendable(const Output& output)
{
    auto bytes = output.payload.value_or("").size() + output.path.value_or("").size();
    for (const auto& [name, value] : output.headers) {
        bytes += name.size() + value.size();
        if (!is_header_safe(name, value))
            throw result_fault("header \"" + name
                               + "\": the name is no token (RFC 9110), or the "
                                 "value has control characters");
    }
    if (bytes > output_bytes_max) throw too_large();
    if (output.headers.size() > header_count_max) throw too_many_headers();
    if (output.cancel.value_or("").size() > message_bytes_max)
        throw result_fault("cancel is longer than " + std::to_string(message_bytes_max) + " bytes");
}

std::string cut_message(std::string message, std::size_t bytes_max)
{
    if (message.size() <= bytes_max) return message;
    auto size = bytes_max;
    while (size > 0 && (static_cast<unsigned char>(message[size]) & 0xc0U) == 0x80U) --size;
    message.resize(size);
    return message;
}

}  // namespace katydid::transform::worker
