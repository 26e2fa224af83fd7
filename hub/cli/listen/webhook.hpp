// A webhook as the hub hands it to a consumer, and where it goes from there.
#pragma once

#include "hub/core/text/headers.hpp"

#include <boost/json/value.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::cli {

struct Webhook {
    std::string delivery;
    std::uint64_t attempt = 1;
    std::string event;
    std::string type;
    std::string source;
    Headers headers;      ///< the provider's own, in the dialect raw
    std::string payload;  ///< the exact bytes
};

/// Of a frame `{"type":"delivery",…}`. Pure.
[[nodiscard]] Webhook read_webhook(const boost::json::value& frame);

/// Which webhooks go to which local URL.
struct Forward {
    std::string pattern;  ///< exact, "prefix.*" or "*"
    std::string url;
};

/// "http://localhost:3000/hooks", "order.*=http://localhost:3000/orders", and "3000/hooks" for a
/// port of this machine. Throws CommandEnd for what is none of these.
[[nodiscard]] Forward to_forward(const std::string& text);

/// The first that fits the type; null: none.
[[nodiscard]] const Forward* forward_for(std::span<const Forward> forwards, std::string_view type);

}  // namespace katydid::cli
