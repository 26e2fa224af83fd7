#include "examples/simulators/common/ledger.hpp"

#include <boost/json/array.hpp>

namespace katydid::simulators {
namespace {

namespace json = boost::json;

json::object by_status(const std::map<unsigned, std::uint64_t>& counts)
{
    json::object object;
    for (const auto& [status, count] : counts)
        object[status == 0 ? "no answer" : std::to_string(status)] = count;
    return object;
}

json::object to_json(const Posted& posted)
{
    return {{"id", posted.id},         {"type", posted.type},   {"subject", posted.subject},
            {"status", posted.status}, {"event", posted.event}, {"duplicate", posted.duplicate}};
}

}  // namespace

void Ledger::add_posted(Posted posted)
{
    ++posted_by_status_[posted.status];
    if (posted.duplicate) ++repeats_;
    else if (posted.status / 100 == 2) ++accepted_;
    if (posted_.size() < entries_max) posted_.push_back(std::move(posted));
}

void Ledger::add_received(Received received)
{
    ++received_count_;
    const auto key = received.id + ' ' + received.subject;
    const auto found = received_.find(key);
    if (found != received_.end()) {
        ++again_;
        ++found->second.times;
    } else if (received_.size() < entries_max) {
        received_.emplace(key, Seen{std::move(received), 1});
    }
}

void Ledger::add_refused(unsigned status) { ++refused_by_status_[status]; }

json::object Ledger::to_json(bool entries) const
{
    json::object posted{{"accepted", accepted_},
                        {"repeats", repeats_},
                        {"by_status", by_status(posted_by_status_)}};
    json::object received{{"accepted", received_count_},
                          {"again", again_},
                          {"refused", by_status(refused_by_status_)}};
    if (entries) {
        auto& sent = posted["entries"].emplace_array();
        for (const Posted& entry : posted_) sent.push_back(simulators::to_json(entry));
        auto& got = received["entries"].emplace_array();
        for (const auto& [key, seen] : received_) {
            got.push_back({{"id", seen.received.id},
                           {"type", seen.received.type},
                           {"subject", seen.received.subject},
                           {"times", seen.times}});
        }
    }
    return {{"posted", std::move(posted)}, {"received", std::move(received)}};
}

}  // namespace katydid::simulators
