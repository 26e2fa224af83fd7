// Answers whose bytes somebody else shaped.
#pragma once

#include "hub/http/message/message.hpp"

namespace katydid::http {

/// A browser takes such an answer for what its Content-Type says, and runs nothing of it: a page
/// on the hub's own origin could speak to the hub as the person who looks at it.
inline Response sandboxed(Response response)
{
    std::erase_if(response.headers, [](const Header& header) {
        return equal_names(header.name, "X-Content-Type-Options")
               || equal_names(header.name, "Content-Security-Policy");
    });
    response.with("X-Content-Type-Options", "nosniff");
    response.with("Content-Security-Policy", "sandbox; default-src 'none'");
    return response;
}

}  // namespace katydid::http
