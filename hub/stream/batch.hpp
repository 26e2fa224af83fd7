// What a session says: one thing, or several in one go.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace katydid::stream {

/// One thing to say: a text frame of a WebSocket, or an event of Server-Sent Events.
struct Saying {
    std::string name{};  ///< of the event
    std::string id{};    ///< of the event; empty: none
    std::string data;    ///< JSON, in one line
};

/// As an event of `text/event-stream` (WHATWG HTML, 9.2). Pure.
[[nodiscard]] std::string to_event(const Saying& saying);

/// Several, one after the other, for any number of sessions: it is encoded once, when the first of
/// them says it.
///
/// Thread safety: none; one loop.
class Batch {
public:
    /// \param sayings  one at least
    explicit Batch(std::vector<Saying> sayings) : sayings_{std::move(sayings)} {}

    [[nodiscard]] const std::vector<Saying>& sayings() const noexcept { return sayings_; }
    /// All but the last, each a text frame of a server (RFC 6455, section 5.2).
    [[nodiscard]] const std::string& frames_before_last();
    /// All, as Server-Sent Events.
    [[nodiscard]] const std::string& events();

private:
    std::vector<Saying> sayings_;
    std::string frames_;
    std::string events_;
};

using BatchPtr = std::shared_ptr<Batch>;

}  // namespace katydid::stream
