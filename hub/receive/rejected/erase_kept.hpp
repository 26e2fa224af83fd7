// A person's data in rejected webhooks.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/receive/rejected/kept_request.hpp"

namespace katydid::receive {

/// Deletes the kept requests in which the subject stands anywhere: header, URL or body, compressed
/// or escaped. What cannot be opened is deleted as well, since it may be about the person.
/// Returns how many there were. Errors: those of the store.
awaitable<result<std::uint64_t>> erase_kept(store::RejectedWebhooks& store,
                                            const signing::Vault& vault, TenantId tenant,
                                            std::string subject);

/// Whether the request tells the subject, as a whole word.
[[nodiscard]] bool mentions(const KeptRequest& request, std::string_view subject);

}  // namespace katydid::receive
