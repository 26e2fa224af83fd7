// What happens on a platform, before it is written as a webhook.
#pragma once

#include "examples/simulators/common/dice.hpp"
#include "hub/core/clock.hpp"

#include <boost/json/object.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::simulators {

struct Happening {
    std::string id;
    std::string type;
    Timestamp occurred_at{};
    boost::json::object data;  ///< always with an "id"
};

/// One event type of a platform, how often it comes up, and how its data looks.
struct Kind {
    std::string_view type;
    unsigned weight;
    boost::json::object (*make_data)(Dice& dice, Timestamp now);
};

/// Makes happenings of the chosen kinds. Times strictly increase, so that an id and a time
/// name one happening even where a dialect drops the event's id.
///
/// Thread safety: none.
class Happenings {
public:
    /// \param types  exact names or "prefix.*"; empty: every kind
    /// Throws Failure when a name matches no kind.
    Happenings(std::span<const Kind> kinds, const std::vector<std::string>& types,
               std::uint64_t seed, const Clock& clock);

    [[nodiscard]] Happening next();

private:
    [[nodiscard]] const Kind& pick_kind();

    std::vector<Kind> kinds_;
    std::uint64_t weights_ = 0;
    Dice dice_;
    const Clock& clock_;
    Timestamp last_{};
};

/// The key by which a receiver's ledger is compared with a sender's: "res_42@2026-06-15T…Z".
[[nodiscard]] std::string subject_of(std::string_view data_id, std::string_view time);

}  // namespace katydid::simulators
