// Texts with values that are new at each call: "evt_{id 24}".
#pragma once

#include "hub/core/clock.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <string_view>

namespace katydid::signing::samples {

/// Fills in the templates of one sample.
///
/// `{KIND}` is a new value each time: `id N`, `hex N`, `digits N` (N random characters), `uuid`,
/// `ulid`, and the time as `unix`, `millis`, `time` (RFC 3339, seconds) or `timems`, each with
/// `+N` or `-N` seconds. `{name=KIND}` keeps the value for `{name}`. `{{` is a brace. A text that
/// is `{#KIND}` as a whole becomes a number.
///
/// Thread safety: none.
class Template {
public:
    /// \param seed  of the random values; the system's randomness in production
    Template(Timestamp now, std::uint64_t seed) : now_{now}, random_{seed} {}

    void name(std::string_view name, std::string_view value) { names_[std::string{name}] = value; }

    /// Throws std::invalid_argument for a kind that does not exist: the samples are ours.
    [[nodiscard]] std::string fill(std::string_view text);
    /// Every text in it, in order.
    void fill(boost::json::value& value);

private:
    std::string make(std::string_view inside);
    std::string characters(std::string_view alphabet, std::size_t count);
    std::string uuid();
    std::string time(std::string_view kind, std::chrono::seconds offset) const;

    Timestamp now_;
    std::mt19937_64 random_;
    std::map<std::string, std::string, std::less<>> names_;
};

}  // namespace katydid::signing::samples
