// Who is told what `katydid listen` does.
#pragma once

#include "hub/cli/listen/model.hpp"

#include <boost/json/value.hpp>

#include <memory>
#include <string>

namespace katydid::cli {

/// A full screen, or lines: one of the two is used.
///
/// Thread safety: none; the loop's thread.
class Display {
public:
    virtual ~Display() = default;
    virtual void connected() = 0;
    virtual void trouble(const std::string& sentence) = 0;
    /// A webhook came. Returns the number of its row.
    virtual std::uint64_t begin(Webhook webhook) = 0;
    virtual void end(std::uint64_t number, const boost::json::value& frame, Try result) = 0;
};

/// A line for each webhook on standard output, troubles on standard error.
struct LinesLook {
    std::string hub;
    std::string forward;
    bool json = false;
    bool colour = false;
    bool is_forwarding = false;
};
[[nodiscard]] std::unique_ptr<Display> make_lines(LinesLook look);

}  // namespace katydid::cli
