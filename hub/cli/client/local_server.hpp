// The server that webhooks are handed to.
#pragma once

#include "hub/cli/client/reach.hpp"

#include <boost/asio/any_io_executor.hpp>

namespace katydid::cli {

/// What the server made of a webhook.
struct LocalAnswer {
    unsigned status = 0;  ///< 0: there was none
    Headers headers;
    std::string body;
    std::string error;   ///< why there was none
    std::string remedy;  ///< what to do about it: a sentence
    milliseconds duration{0};

    [[nodiscard]] bool is_good() const noexcept { return status >= 200 && status <= 299; }
};

/// Posts webhooks to one URL.
///
/// Thread safety: none; the executor's thread.
class LocalServer {
public:
    struct Options {
        std::string ca_file;    ///< whom to trust over https; empty: the system's store
        bool insecure = false;  ///< certificates are not checked; this machine only
        milliseconds timeout{55'000};
    };

    /// Throws CommandEnd for what is no URL, and for `insecure` with another machine.
    LocalServer(asio::any_io_executor executor, std::string url, Options options);

    /// The exact bytes, with these headers.
    awaitable<LocalAnswer> post(Headers headers, std::string body);

    void close() { client_.close(); }
    [[nodiscard]] const std::string& url() const noexcept { return url_; }

private:
    [[nodiscard]] std::string remedy_of(const Error& error) const;

    std::string url_;
    Options options_;
    http::Client client_;
};

/// Posts once, and waits for the answer.
[[nodiscard]] LocalAnswer post_once(const std::string& url, const LocalServer::Options& options,
                                    Headers headers, std::string body);

}  // namespace katydid::cli
