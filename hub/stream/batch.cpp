#include "hub/stream/batch.hpp"

#include <cstdint>

namespace katydid::stream {
namespace {

constexpr char whole_text = '\x81';
constexpr std::size_t short_max = 125;
constexpr std::size_t medium_max = 0xffff;

/// The head of a text frame that is not masked.
void add_head(std::string& frames, std::size_t bytes)
{
    frames += whole_text;
    const std::size_t size_bytes = bytes <= short_max ? 0 : bytes <= medium_max ? 2 : 8;
    frames += static_cast<char>(size_bytes == 0 ? bytes : size_bytes == 2 ? 126 : 127);
    for (auto left = size_bytes; left > 0; --left)
        frames += static_cast<char>(static_cast<std::uint64_t>(bytes) >> (8 * (left - 1)) & 0xff);
}

}  // namespace

std::string to_event(const Saying& saying)
{
    std::string text = "event: " + saying.name + "\n";
    if (!saying.id.empty()) text += "id: " + saying.id + "\n";
    text += "data: " + saying.data + "\n\n";
    return text;
}

const std::string& Batch::frames_before_last()
{
    if (!frames_.empty()) return frames_;
    for (std::size_t i = 0; i + 1 < sayings_.size(); ++i) {
        const auto& data = sayings_[i].data;
        add_head(frames_, data.size());
        frames_ += data;
    }
    return frames_;
}

const std::string& Batch::events()
{
    if (!events_.empty()) return events_;
    for (const auto& each : sayings_) events_ += to_event(each);
    return events_;
}

}  // namespace katydid::stream
