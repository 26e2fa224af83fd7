// The figures of one event, for the widget <katydid-analytics>.
#pragma once

#include "hub/bridge/embeds/sales_history.hpp"
#include "hub/core/async/single_flight.hpp"
#include "hub/http/message/message.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <string>

namespace katydid::bridge {

/// Puts together what passed through the hub (sales by day) and what ATLVS says of the event
/// (utilisation, budget, expected attendance), which may be a cached answer.
///
/// Lifetime: it outlives its calls, and the store outlives it. Thread safety: none; on the bridge's
/// loop.
class Analytics {
public:
    /// \param ask  GET /api/intelligence/analytics of that event, as the bridge answers it
    Analytics(store::Queries& store, const Clock& clock,
              std::function<awaitable<http::Response>(std::string event_id)> ask)
        : history_{store, clock},
          clock_{clock},
          ask_{std::move(ask)}
    {}

    /// As docs/widgets.md describes it. What is not known is null.
    awaitable<boost::json::object> figures_of(std::string event_id);

private:
    SalesHistory history_;
    const Clock& clock_;
    const std::function<awaitable<http::Response>(std::string)> ask_;
    SingleFlight<int, bool> catching_up_;
};

/// The figures from their parts. Pure.
/// \param answer  of ATLVS: 200 with its object, perhaps marked as stale; anything else is none
[[nodiscard]] boost::json::object figures(const std::vector<DaySales>& days, bool is_complete,
                                          const http::Response& answer);

}  // namespace katydid::bridge
