// What hub and consumers say to each other, as JSON texts. Pure.
#pragma once

#include "handlers/stream/consumer.hpp"
#include "hub/core/error.hpp"
#include "hub/core/json/fault.hpp"
#include "hub/core/outcome.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace katydid::stream {

/// `{"type":"delivery",…}`, the payload as `payload` where it is UTF-8, else as `payload_base64`:
/// either way the exact bytes.
[[nodiscard]] std::string write_delivery(const handlers::stream::Handover& handover);
[[nodiscard]] std::string write_hello(ConsumerId consumer);
[[nodiscard]] std::string write_revoked(DeliveryId delivery, std::string_view reason);
[[nodiscard]] std::string write_draining();
[[nodiscard]] std::string write_gap(std::size_t missed);
[[nodiscard]] std::string write_pong();
[[nodiscard]] std::string write_error(std::string_view detail);

/// An ack or a nack: what the delivery came to.
struct Answer {
    DeliveryId delivery;
    Outcome outcome;
};
struct Extension {
    DeliveryId delivery;
};
struct Credit {
    std::uint32_t count = 0;
};
/// Asks whether the hub is there: a browser cannot see the pings of a WebSocket.
struct Ping {};
using ClientFrame = std::variant<Answer, Extension, Credit, Ping>;

/// Reads a frame of a client, strictly. Errors: invalid_argument, a sentence for the client.
[[nodiscard]] result<ClientFrame> read_frame(std::string_view text);

/// The members of an ack or nack that fits its schema. A delivery that is no id: a fault.
[[nodiscard]] Answer read_ack(const boost::json::object& ack, std::string_view pointer,
                              std::vector<Fault>& faults);
[[nodiscard]] Answer read_nack(const boost::json::object& nack, std::string_view pointer,
                               std::vector<Fault>& faults);

}  // namespace katydid::stream
