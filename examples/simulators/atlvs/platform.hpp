// ATLVS, the production side: its dispatcher and its partner webhook receiver.
#pragma once

#include "examples/simulators/common/platform.hpp"

#include <memory>

namespace katydid::simulators::atlvs {

/// Posts in both of ATLVS's dialects and answers `POST /webhooks/partner`.
std::unique_ptr<Platform> make_platform(const Options& options, const Clock& clock);

/// The two ways ATLVS writes a webhook.
[[nodiscard]] Webhook write_dispatcher(const Happening& happening, bool with_id_header);
[[nodiscard]] Webhook write_envelope(const Happening& happening);

/// What the partner receiver says to a webhook whose signature is right.
[[nodiscard]] Answer accept_partner_webhook(const http::Request& request);

}  // namespace katydid::simulators::atlvs
