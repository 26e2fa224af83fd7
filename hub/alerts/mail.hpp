// A message by SMTP.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/error.hpp"
#include "hub/core/secret.hpp"

#include <string>

namespace katydid::alerts {

/// The server that takes it.
struct MailServer {
    std::string url;   ///< "smtp://HOST:PORT", which must do STARTTLS, or "smtps://HOST"
    std::string user;  ///< empty: no login
    Secret password;
    std::string ca_file;  ///< empty: the system's store
};

struct Mail {
    std::string from;  ///< an address
    std::string to;
    std::string subject;
    std::string text;
    std::string id;  ///< of the event: repeats of one mail have one Message-ID
    Timestamp at{};
};

/// The message as RFC 5322 writes it. What a subject or a text says cannot end a header. Pure.
[[nodiscard]] std::string write(const Mail& mail);

/// Blocks, at most 20 seconds. Nothing, the password above all, goes over a connection without TLS.
/// Errors: connect_failed, with the library's sentence; refused, when the server refused it.
[[nodiscard]] result<void> send(const MailServer& server, const Mail& mail);

}  // namespace katydid::alerts
