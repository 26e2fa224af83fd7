// The words of the domain as the API, CLI, SQL and logs write them.
#include "hub/core/delivery.hpp"
#include "hub/core/event.hpp"
#include "hub/core/subscription/subscription.hpp"
#include "hub/core/text/text.hpp"

namespace katydid {
namespace {

constexpr NameTable<Dialect, 5> dialects{{{Dialect::standard, "standard"},
                                          {Dialect::raw, "raw"},
                                          {Dialect::cloudevents, "cloudevents"},
                                          {Dialect::atlvs, "atlvs"},
                                          {Dialect::grasshopper, "grasshopper"}}};

constexpr NameTable<SubscriptionStatus, 3> statuses{{{SubscriptionStatus::active, "active"},
                                                     {SubscriptionStatus::paused, "paused"},
                                                     {SubscriptionStatus::disabled, "disabled"}}};

constexpr NameTable<Ordering, 2> orderings{{{Ordering::none, "none"}, {Ordering::key, "key"}}};

constexpr NameTable<HandlerKind, 3> kinds{{{HandlerKind::endpoint, "endpoint"},
                                           {HandlerKind::coroutine, "coroutine"},
                                           {HandlerKind::stream, "stream"}}};

constexpr NameTable<Language, 2> languages{
    {{Language::javascript, "javascript"}, {Language::jq, "jq"}}};

constexpr NameTable<RetryClass, 4> retry_classes{{{RetryClass::full, "full"},
                                                  {RetryClass::few, "few"},
                                                  {RetryClass::slow, "slow"},
                                                  {RetryClass::dead, "dead"}}};

constexpr NameTable<Origin, 4> origins{{{Origin::published, "published"},
                                        {Origin::received, "received"},
                                        {Origin::bridge, "bridge"},
                                        {Origin::hub, "hub"}}};

constexpr NameTable<DeliveryState, 6> states{{{DeliveryState::pending, "pending"},
                                              {DeliveryState::scheduled, "scheduled"},
                                              {DeliveryState::delivered, "delivered"},
                                              {DeliveryState::dead, "dead"},
                                              {DeliveryState::cancelled, "cancelled"},
                                              {DeliveryState::in_flight, "in_flight"}}};

constexpr NameTable<Lane, 3> lanes{
    {{Lane::fresh, "fresh"}, {Lane::retry, "retry"}, {Lane::replay, "replay"}}};

constexpr NameTable<AttemptClass, 9> classes{{{AttemptClass::success, "success"},
                                              {AttemptClass::rejected, "rejected"},
                                              {AttemptClass::throttled, "throttled"},
                                              {AttemptClass::timed_out, "timed_out"},
                                              {AttemptClass::connect_failed, "connect_failed"},
                                              {AttemptClass::tls_failed, "tls_failed"},
                                              {AttemptClass::refused, "refused"},
                                              {AttemptClass::protocol_error, "protocol_error"},
                                              {AttemptClass::failed, "failed"}}};

}  // namespace

std::string_view to_text(Origin origin) noexcept { return name_of(origins, origin); }
std::string_view to_text(Dialect dialect) noexcept { return name_of(dialects, dialect); }
std::string_view to_text(SubscriptionStatus status) noexcept { return name_of(statuses, status); }
std::string_view to_text(Ordering ordering) noexcept { return name_of(orderings, ordering); }
std::string_view to_text(HandlerKind kind) noexcept { return name_of(kinds, kind); }
std::string_view to_text(Language language) noexcept { return name_of(languages, language); }
std::string_view to_text(RetryClass retry) noexcept { return name_of(retry_classes, retry); }
std::string_view to_text(DeliveryState state) noexcept { return name_of(states, state); }
std::string_view to_text(Lane lane) noexcept { return name_of(lanes, lane); }
std::string_view to_text(AttemptClass outcome) noexcept { return name_of(classes, outcome); }

std::optional<DeliveryState> parse_delivery_state(std::string_view text) noexcept
{
    return value_of(states, text);
}

}  // namespace katydid
