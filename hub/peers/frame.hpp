// What hubs of one store say to each other, as frames. Pure.
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/outcome.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace katydid::peers {

/// A head in JSON, whose `do` says what is meant, and bytes as they are.
struct Frame {
    boost::json::object head;
    std::string body;
};

constexpr std::size_t frame_bytes_max = std::size_t{64} * 1024 * 1024;

/// The lengths of head and body, each 4 bytes, the most significant first; then both.
[[nodiscard]] std::string write(const boost::json::object& head, std::string_view body);

/// Takes bytes as they come and gives frames.
class FrameReader {
public:
    void add(std::string_view bytes)
    {
        bytes_.erase(0, std::exchange(at_, 0));
        bytes_.append(bytes);
    }
    /// nullopt: more bytes are needed. Errors: protocol_error; then nothing more can be read.
    [[nodiscard]] result<std::optional<Frame>> next();

private:
    std::string bytes_;
    std::size_t at_ = 0;  ///< of the next frame
};

/// A text of a head. Throws when it is missing, as the two below: hubs of one version speak to each
/// other.
[[nodiscard]] std::string text_of(const boost::json::object& object, std::string_view name);
[[nodiscard]] boost::json::object to_json(const Outcome& outcome);
[[nodiscard]] Outcome outcome_of(const boost::json::object& object);

}  // namespace katydid::peers
