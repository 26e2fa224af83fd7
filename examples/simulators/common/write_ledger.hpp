// What was written to a simulated platform, each write once for its Idempotency-Key.
#pragma once

#include "hub/http/message/message.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace katydid::simulators {

/// Carries a write out once; a repeat under the same key gets the first answer again.
///
/// Refusals (4xx) do not stand in the ledger: they may be tried again.
/// Thread safety: none.
class WriteLedger {
public:
    using Write = std::function<http::Response(const boost::json::object& body)>;

    /// \param call  what it is called in the ledger: "event"
    http::Response write(const http::Request& request, std::string_view call,
                         const Write& carry_out);

    /// `{"stands": 2, "wire": 3, "entries": [{"call", "key", "times", "body", "answer"}]}` in the
    /// order in which they were first written.
    [[nodiscard]] boost::json::object to_json() const;

private:
    struct Entry {
        std::string call;
        std::string key;
        std::uint64_t times = 1;
        std::string body;
        http::Response answer;
    };

    std::vector<Entry> entries_;
    std::map<std::string, std::size_t> by_key_;
    std::uint64_t wire_ = 0;
};

}  // namespace katydid::simulators
