// A source's own credentials: anybody who sees them can post as the source.
#pragma once

#include "hub/registry/source_entry.hpp"

#include <string>
#include <string_view>

namespace katydid::receive {

/// Whether a header carries credentials by its name: of every source those of HTTP, of this one
/// what its schemes take for a token. Everything that stores or shows headers asks here.
/// \param source  null: nothing is known of it
[[nodiscard]] bool is_credential(const registry::SourceEntry* source, std::string_view header);

/// Takes the credentials out of a verified request before it becomes an event: headers that carry
/// them or, where the source has a token, repeat it (a proxy's X-Original-URL); fields of forms and
/// JSON texts that are the token, the latter become null; "(hidden)" stands for it in any other
/// text. Returns whether the body was changed.
bool take_out_credentials(const registry::SourceEntry& source, Headers& headers, std::string& body);

/// The same for people who look at a request: its headers stay, with "(hidden)" for a value.
void hide_credentials(const registry::SourceEntry* source, Headers& headers, std::string& body);

}  // namespace katydid::receive
