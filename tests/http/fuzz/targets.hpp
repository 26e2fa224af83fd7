// What the fuzzers do with their bytes. Each aborts when a promise is broken.
#pragma once

#include <string_view>

namespace katydid::http::fuzz {

/// A connection's bytes: the same requests, statuses and bodies come out however they are cut.
/// The first byte says where.
void read_any_request(std::string_view input);

/// The body after a chunked head: the same, and never longer than what was sent.
void read_any_chunks(std::string_view input);

/// An answer: the same comes out however it is cut, within its limits; what is handed on may be
/// forwarded, and only an answer that was read whole keeps its connection. The first byte says
/// where it is cut and whether it answers HEAD.
void read_any_answer(std::string_view input);

/// A URL that is let through means what it says: written down again it is read the same, its host
/// is a plain name or a canonical address, and no address of the deny list passes.
void check_any_url(std::string_view input);

}  // namespace katydid::http::fuzz
