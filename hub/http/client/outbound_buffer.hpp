// The bytes of an answer that are not parsed yet.
#pragma once

#include "hub/http/client/outbound.hpp"

#include <cstring>
#include <string>
#include <string_view>

namespace katydid::http {

/// A small window over what was read: grows as asked, never beyond what its user checks.
struct Outbound::Buffer {
    std::string bytes;
    std::size_t begin = 0;
    std::size_t end = 0;

    [[nodiscard]] std::string_view unread() const noexcept
    {
        return std::string_view{bytes}.substr(begin, end - begin);
    }
    [[nodiscard]] std::size_t size() const noexcept { return end - begin; }

    boost::asio::mutable_buffer prepare(std::size_t wanted)
    {
        if (begin > 0) {
            std::memmove(bytes.data(), bytes.data() + begin, end - begin);
            end -= begin;
            begin = 0;
        }
        if (bytes.size() < end + wanted) bytes.resize(end + wanted);
        return {bytes.data() + end, bytes.size() - end};
    }
    void commit(std::size_t count) noexcept { end += count; }
    void consume(std::size_t count) noexcept
    {
        begin += count;
        if (begin == end) begin = end = 0;
    }
};

}  // namespace katydid::http
