// A webhook that was edited, signed as its provider would sign it.
#pragma once

#include "hub/cli/listen/webhook.hpp"
#include "hub/core/clock.hpp"
#include "hub/core/error.hpp"
#include "signing/schemes/scheme.hpp"

namespace katydid::cli {

/// The webhook with the headers (or the member of the body) of a new signature instead of the
/// old ones. Errors: those of signing::sign().
/// \param url  where it goes, for schemes that sign it
[[nodiscard]] result<Webhook> sign_anew(Webhook webhook, const signing::Scheme& scheme,
                                        const std::string& secret, const std::string& url,
                                        Timestamp now);

}  // namespace katydid::cli
