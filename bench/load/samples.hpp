// What the two platforms send: event types in the mix, shapes and sizes seen on the wire.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::bench {

/// An event's number within a run, written into its payload so that the receiver can tell which
/// event arrived: a UUID "b9e6c400-RRRR-4000-8000-0000NNNNNNNN", run and number in hex.
constexpr std::string_view marker_prefix = "b9e6c400-";
constexpr std::size_t marker_chars = 36;
constexpr std::size_t marker_number_at = 28;  ///< where the eight hex digits of the number stand

std::string make_marker(std::uint16_t run);

/// Which event a marker names, found anywhere in a body.
struct Marker {
    std::uint16_t run = 0;
    std::uint32_t number = 0;
};
/// False when the text holds no marker.
bool find_marker(std::string_view text, Marker& marker) noexcept;
void write_number(std::uint32_t number, char* eight_digits) noexcept;

/// One kind of event: its data object with a marker as its id.
struct Sample {
    std::string type;
    unsigned weight = 1;  ///< its share in the mix
    std::string data;     ///< JSON object
};

struct MixOptions {
    std::uint16_t run = 0;
    std::size_t data_bytes = 0;  ///< pads every data object up to this size; 0: sizes as they come
};

/// "atlvs": what its dispatcher sends; "grasshopper": sales and event changes.
/// Throws std::invalid_argument for another platform.
std::vector<Sample> make_mix(std::string_view platform, const MixOptions& options);

/// The same events under another run's number.
std::vector<Sample> with_run(std::vector<Sample> mix, std::uint16_t run);

}  // namespace katydid::bench
