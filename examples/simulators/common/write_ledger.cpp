#include "examples/simulators/common/write_ledger.hpp"

#include "examples/simulators/common/json.hpp"

#include <boost/json/parse.hpp>

namespace katydid::simulators {

namespace json = boost::json;

http::Response WriteLedger::write(const http::Request& request, std::string_view call,
                                  const Write& carry_out)
{
    ++wire_;
    const std::string key{request.header("idempotency-key")};
    if (const auto known = by_key_.find(key); !key.empty() && known != by_key_.end()) {
        auto& entry = entries_[known->second];
        ++entry.times;
        return entry.answer;
    }
    const auto body = parse_object(request.body);
    if (!body) return http::Response::plain_error(400, body.error().message);
    auto answer = carry_out(*body);
    if (answer.status / 100 != 2) return answer;
    if (!key.empty()) by_key_.emplace(key, entries_.size());
    entries_.push_back({std::string{call}, key, 1, request.body, answer});
    return answer;
}

json::object WriteLedger::to_json() const
{
    json::array entries;
    for (const auto& entry : entries_) {
        boost::system::error_code error;
        entries.push_back({{"call", entry.call},
                           {"key", entry.key},
                           {"times", entry.times},
                           {"body", json::parse(entry.body, error)},
                           {"answer", json::parse(entry.answer.body, error)}});
    }
    return {{"stands", entries_.size()}, {"wire", wire_}, {"entries", std::move(entries)}};
}

}  // namespace katydid::simulators
