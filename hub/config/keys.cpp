#include "hub/config/keys.hpp"

#include "hub/config/browser_url.hpp"
#include "hub/core/text/text.hpp"
#include "hub/http/egress/egress.hpp"

#include <algorithm>
#include <charconv>

namespace katydid::config {
namespace {

using boost::asio::ip::tcp;

result<void> bad(std::string text) { return Error{errc::invalid_argument, std::move(text)}; }

result<void> set_endpoint(tcp::endpoint& endpoint, std::string_view text)
{
    const auto colon = text.rfind(':');
    constexpr auto expected = "write ADDRESS:PORT, e.g. 127.0.0.1:8080 or [::1]:8080";
    if (colon == std::string_view::npos) return bad(expected);
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string{host}, error);
    std::uint16_t port = 0;
    const auto digits = text.substr(colon + 1);
    const auto [end, number_error] = std::from_chars(digits.data(), digits.data() + digits.size(),
                                                     port);
    if (error || number_error != std::errc{} || end != digits.data() + digits.size())
        return bad(expected);
    endpoint = {address, port};
    return {};
}

template <class Number>
result<void> set_number(Number& number, std::string_view text, std::uint64_t low,
                        std::uint64_t high)
{
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < low || value > high)
        return bad("write a whole number from " + std::to_string(low) + " to "
                   + std::to_string(high));
    number = static_cast<Number>(value);
    return {};
}

result<void> set_flag(bool& flag, std::string_view text)
{
    if (text != "true" && text != "false") return bad("write true or false");
    flag = text == "true";
    return {};
}

result<void> set_duration(milliseconds& duration, std::string_view text)
{
    const auto value = parse_duration(text);
    if (!value) return bad("write a duration such as 500ms, 5s, 5m, 2h or 7d");
    duration = *value;
    return {};
}

result<void> set_text(std::string& target, std::string_view text)
{
    if (text.empty()) return bad("it is empty: give a value, or leave the setting out");
    target = text;
    return {};
}

result<void> set_files(std::vector<std::string>& target, std::string_view text)
{
    auto files = split_list(text);
    if (files.empty()) return bad("it is empty: give a file, or leave the setting out");
    target = std::move(files);
    return {};
}

result<void> set_proxy(Settings& settings, std::string_view text)
{
    const auto url = http::EgressPolicy::parse_url(text);
    if (!url || url->tls || url->target != "/")
        return bad("write http://HOST:PORT, e.g. http://proxy.example:3128");
    settings.egress_proxy = text;
    return {};
}

result<void> set_store(Settings& settings, std::string_view text)
{
    const bool is_postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
    if (!is_postgres && (!text.starts_with("sqlite:") || text.size() == 7))
        return bad("write sqlite:PATH, e.g. sqlite:./katydid-data/katydid.db, or"
                   " postgres://USER:PASSWORD@HOST/DATABASE");
    settings.store = text;
    return {};
}

result<void> set_log_level(Settings& settings, std::string_view text)
{
    if (text == "debug") settings.log_level = log::Level::debug;
    else if (text == "info") settings.log_level = log::Level::info;
    else if (text == "warn") settings.log_level = log::Level::warn;
    else if (text == "error") settings.log_level = log::Level::error;
    else return bad("write debug, info, warn or error");
    return {};
}

result<void> set_public_url(Settings& settings, std::string_view text)
{
    while (text.ends_with('/')) text.remove_suffix(1);
    if (auto fault = browser_url_fault(text); !fault.empty()) return bad(std::move(fault));
    settings.public_url = text;
    return {};
}

/// The operator's own collector: anywhere, also over http.
result<void> set_otlp_url(Settings& settings, std::string_view text)
{
    const auto url = http::EgressPolicy::parse_url(text);
    if (!url) return bad(url.error().message);
    if (url->target != "/") return bad("leave the path out: /v1/traces is added");
    return set_text(settings.otlp_url, text);
}

result<void> set_trace_ratio(Settings& settings, std::string_view text)
{
    double value = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0 && value <= 1))
        return bad("write a number from 0 to 1, such as 0.1");
    settings.trace_ratio = value;
    return {};
}

result<void> set_log_format(Settings& settings, std::string_view text)
{
    if (text != "text" && text != "json") return bad("write text or json");
    settings.log_format = text == "json" ? log::Format::json : log::Format::text;
    return {};
}

result<void> set_networks(std::vector<std::string>& target, std::string_view text)
{
    auto networks = split_list(text);
    for (const auto& network : networks)
        if (const auto parsed = http::parse_network(network); !parsed)
            return bad("\"" + network + "\" is not a network: write e.g. 127.0.0.0/8");
    target = std::move(networks);
    return {};
}

/// As browsers write them: a scheme and a host, in small letters.
result<void> set_origins(std::vector<std::string>& target, std::string_view text)
{
    auto origins = split_list(text);
    for (const auto& origin : origins) {
        const auto host = origin.find("://");
        const bool is_good = (origin.starts_with("https://") || origin.starts_with("http://"))
                             && origin.find('/', host + 3) == std::string::npos
                             && origin.size() > host + 3;
        if (!is_good)
            return bad("\"" + origin + "\" is not an origin: write e.g. https://app.example");
    }
    target = std::move(origins);
    return {};
}

result<void> set_delays(Settings& settings, std::string_view text)
{
    std::vector<milliseconds> delays;
    for (const auto& part : split_list(text)) {
        const auto delay = parse_duration(part);
        if (!delay) return bad("\"" + part + "\" is not a duration: write e.g. 5s, 5m, 2h");
        delays.push_back(*delay);
    }
    if (delays.empty()) return bad("give at least one delay, e.g. 5s, 5m");
    settings.retry_delays = std::move(delays);
    return {};
}

constexpr KeySpec table[] = {
    {"listen", "KATYDID_LISTEN", "--listen", "127.0.0.1:8080",
     "Where webhooks and the API are served.",
     [](Settings& s, std::string_view t) { return set_endpoint(s.listen, t); }},
    {"operator_listen", "KATYDID_OPERATOR_LISTEN", "--operator-listen", "127.0.0.1:8081",
     "Where /healthz, /readyz and /metrics are served; keep it private.",
     [](Settings& s, std::string_view t) { return set_endpoint(s.operator_listen, t); }},
    {"peer_listen", "KATYDID_PEER_LISTEN", "--peer-listen", unset("10.0.0.5:7443"),
     "Where other hubs of the same PostgreSQL reach this one; else any port at the address of "
     "listen.",
     [](Settings& s, std::string_view t) { return set_endpoint(s.peer_listen.emplace(), t); }},
    {"data_dir", "KATYDID_DATA_DIR", "--data-dir", "./katydid-data",
     "The folder of the SQLite file, the master key and the operator key.",
     [](Settings& s, std::string_view t) -> result<void> {
         std::string path;
         const auto set = set_text(path, t);
         s.data_dir = path;
         return set;
     }},
    {"store", "KATYDID_STORE", "--store", "sqlite:./katydid-data/katydid.db",
     "Where events are kept.", set_store},
    {"port_file", "KATYDID_PORT_FILE", "--port-file", unset("/run/katydid/ports.json"),
     "A file that gets the bound addresses as JSON once the hub is ready.",
     [](Settings& s, std::string_view t) -> result<void> {
         std::string path;
         const auto set = set_text(path, t);
         s.port_file = path;
         return set;
     }},
    {"loops", "KATYDID_LOOPS", "--loops", "1", "Event loops, each with a thread of its own.",
     [](Settings& s, std::string_view t) { return set_number(s.loops, t, 1, 64); }},
    {"log.level", "KATYDID_LOG_LEVEL", "--log-level", "info", "debug, info, warn or error.",
     set_log_level},
    {"log.format", "KATYDID_LOG_FORMAT", "--log-format", "text", "text or json.", set_log_format},
    {"log.requests", "KATYDID_LOG_REQUESTS", "", "false",
     "Whether every request and every attempt gets its line, and not only what failed.",
     [](Settings& s, std::string_view t) { return set_flag(s.log_requests, t); }},
    {"trace.otlp_url", "KATYDID_OTLP_URL", "", unset("http://127.0.0.1:4318"),
     "An OpenTelemetry collector that takes OTLP over HTTP; without it nothing is traced.",
     set_otlp_url},
    {"trace.otlp_headers_file", "KATYDID_OTLP_HEADERS_FILE", "", unset("/etc/katydid/otlp-headers"),
     "A file with headers that the collector wants, e.g. Authorization: Bearer …, one a line; or "
     "the same text in the variable KATYDID_OTLP_HEADERS.",
     [](Settings& s, std::string_view t) { return set_text(s.otlp_headers_file, t); }},
    {"trace.ratio", "KATYDID_TRACE_RATIO", "", "1",
     "How many of the traces that begin here are kept, from 0 to 1.", set_trace_ratio},
    {"tls.certificate_file", "KATYDID_TLS_CERTIFICATE_FILE", "--tls-certificate",
     unset("server.pem"),
     "PEM chain of the public listener; several as a list, chosen by the name a client asks for. "
     "Without it the listener speaks plain HTTP.",
     [](Settings& s, std::string_view t) { return set_files(s.tls.certificate_files, t); }},
    {"tls.key_file", "KATYDID_TLS_KEY_FILE", "--tls-key", unset("server.key"),
     "PEM private key of that certificate; a list in the same order.",
     [](Settings& s, std::string_view t) { return set_files(s.tls.key_files, t); }},
    {"tls.client_ca_file", "KATYDID_TLS_CLIENT_CA_FILE", "", unset("clients.pem"),
     "PEM certificates that client certificates must chain to.",
     [](Settings& s, std::string_view t) { return set_text(s.tls.client_ca_file, t); }},
    {"tls.client_required", "KATYDID_TLS_CLIENT_REQUIRED", "", "false",
     "Whether a client certificate is required.",
     [](Settings& s, std::string_view t) { return set_flag(s.tls.client_required, t); }},
    {"server.trusted_proxies", "KATYDID_TRUSTED_PROXIES", "", unset("10.0.0.0/8"),
     "Networks of reverse proxies: only from them X-Forwarded-For, -Proto and -Host (or Forwarded) "
     "are believed.",
     [](Settings& s, std::string_view t) { return set_networks(s.trusted_proxies, t); }},
    {"console.enabled", "KATYDID_CONSOLE", "", "true",
     "Whether the web console is served at /console/.",
     [](Settings& s, std::string_view t) { return set_flag(s.has_console, t); }},
    {"console.public_url", "KATYDID_PUBLIC_URL", "", unset("https://hub.example.com"),
     "Where browsers reach the hub, with the path that a proxy puts before it: for portal links, "
     "and needed by [sso].",
     set_public_url},
    {"transforms.workers", "KATYDID_TRANSFORM_WORKERS", "", "2",
     "Processes that run transforms, for each event loop; they are started when they are needed, "
     "and one more for programs that took too long.",
     [](Settings& s, std::string_view t) { return set_number(s.transforms.workers, t, 1, 64); }},
    {"transforms.program", "KATYDID_TRANSFORM_PROGRAM", "", unset("/usr/bin/katydid-transform"),
     "The program of those processes; unset, it is the one beside katydid.",
     [](Settings& s, std::string_view t) { return set_text(s.transforms.program, t); }},
    {"egress.allow", "KATYDID_EGRESS_ALLOW", "--egress-allow", unset("127.0.0.0/8"),
     "Networks that deliveries may go to although they are private; there also over http.",
     [](Settings& s, std::string_view t) { return set_networks(s.egress_allow, t); }},
    {"egress.ca_file", "KATYDID_EGRESS_CA_FILE", "", unset("ca.pem"),
     "PEM certificates that outbound TLS trusts instead of the system's store.",
     [](Settings& s, std::string_view t) { return set_text(s.egress_ca_file, t); }},
    {"egress.certificate_file", "KATYDID_EGRESS_CERTIFICATE_FILE", "", unset("client.pem"),
     "PEM chain of the certificate that deliveries show to receivers that ask for one.",
     [](Settings& s, std::string_view t) { return set_text(s.egress_certificate_file, t); }},
    {"egress.key_file", "KATYDID_EGRESS_KEY_FILE", "", unset("client.key"),
     "PEM private key of that certificate.",
     [](Settings& s, std::string_view t) { return set_text(s.egress_key_file, t); }},
    {"egress.proxy", "KATYDID_EGRESS_PROXY", "", unset("http://proxy.example:3128"),
     "An HTTP proxy that all deliveries go through. It resolves names itself, so the guard checks "
     "names and literal addresses only: let the proxy refuse private networks.",
     set_proxy},
    {"egress.dns_ttl", "KATYDID_EGRESS_DNS_TTL", "", "30s",
     "How long a name's addresses are used at most; shorter, but a second, where DNS says so.",
     [](Settings& s, std::string_view t) { return set_duration(s.egress_dns_ttl, t); }},
    {"retry.delays", "KATYDID_RETRY_DELAYS", "", "5s, 5m, 30m, 2h, 5h, 10h, 14h, 20h, 24h",
     "Waits before the second, third, … attempt, where a subscription names none.", set_delays},
    {"breaker.open", "KATYDID_BREAKER_OPEN", "", "30s",
     "First pause of a subscription whose receiver keeps failing; doubled up to 15 minutes.",
     [](Settings& s, std::string_view t) { return set_duration(s.breaker_open, t); }},
    {"limits.body_bytes_max", "KATYDID_BODY_BYTES_MAX", "", "1048576",
     "The largest webhook that is accepted, in bytes.",
     [](Settings& s, std::string_view t) {
         return set_number(s.body_bytes_max, t, 1, 64ULL * 1024 * 1024);
     }},
    {"limits.connections_max", "KATYDID_CONNECTIONS_MAX", "", "16384",
     "Open connections of the public listener.",
     [](Settings& s, std::string_view t) {
         return set_number(s.connections_max, t, 1, 1'000'000);
     }},
    {"limits.connections_per_address", "KATYDID_CONNECTIONS_PER_ADDRESS", "", "1024",
     "Open connections of one address, on each loop; not of trusted proxies and this machine. "
     "0: no limit.",
     [](Settings& s, std::string_view t) {
         return set_number(s.callers.connections_per_address, t, 0, 1'000'000);
     }},
    {"limits.requests_per_second_address", "KATYDID_REQUESTS_PER_SECOND_ADDRESS", "", "0",
     "Requests of one address each second, on each loop; over it 429. 0: no limit.",
     [](Settings& s, std::string_view t) {
         return set_number(s.callers.requests_per_second_address, t, 0, 1'000'000);
     }},
    {"limits.requests_burst_address", "KATYDID_REQUESTS_BURST_ADDRESS", "", "0",
     "How many of them may come at once. 0: one second's worth.",
     [](Settings& s, std::string_view t) {
         return set_number(s.callers.requests_burst_address, t, 0, 1'000'000);
     }},
    {"limits.requests_per_second_source", "KATYDID_REQUESTS_PER_SECOND_SOURCE", "", "0",
     "Webhooks of one source each second, on each loop; over it 429. 0: no limit.",
     [](Settings& s, std::string_view t) {
         return set_number(s.callers.requests_per_second_source, t, 0, 1'000'000);
     }},
    {"limits.requests_burst_source", "KATYDID_REQUESTS_BURST_SOURCE", "", "0",
     "How many of them may come at once. 0: one second's worth.",
     [](Settings& s, std::string_view t) {
         return set_number(s.callers.requests_burst_source, t, 0, 1'000'000);
     }},
    {"limits.requests_under_way_max", "KATYDID_REQUESTS_UNDER_WAY_MAX", "", "8192",
     "Requests that wait for the store, on each loop; over it 503 before a body is read.",
     [](Settings& s, std::string_view t) {
         return set_number(s.callers.requests_under_way_max, t, 1, 1'000'000);
     }},
    {"limits.in_flight_max", "KATYDID_IN_FLIGHT_MAX", "", "1024",
     "Delivery attempts at the same time, for the whole hub.",
     [](Settings& s, std::string_view t) { return set_number(s.in_flight_max, t, 1, 100'000); }},
    {"limits.tenant_in_flight_max", "KATYDID_TENANT_IN_FLIGHT_MAX", "", unset("256"),
     "Delivery attempts at the same time for each tenant; unset, only the hub's limit holds.",
     [](Settings& s, std::string_view t) {
         return set_number(s.tenant_in_flight_max, t, 1, 100'000);
     }},
    {"limits.store_queue_max", "KATYDID_STORE_QUEUE_MAX", "", "65536",
     "Writes that may wait for the store; over it webhooks get 503.",
     [](Settings& s, std::string_view t) {
         return set_number(s.store_queue_max, t, 1, 10'000'000);
     }},
    {"limits.drain_timeout", "KATYDID_DRAIN_TIMEOUT", "", "25s",
     "How long SIGTERM waits for attempts that are under way.",
     [](Settings& s, std::string_view t) { return set_duration(s.drain_timeout, t); }},
    {"streams.allowed_origins", "KATYDID_STREAMS_ALLOWED_ORIGINS", "", unset("https://app.example"),
     "Origins whose pages may open WebSockets with a ticket, besides the hub's own.",
     [](Settings& s, std::string_view t) { return set_origins(s.streams.allowed_origins, t); }},
    {"streams.idle_timeout", "KATYDID_STREAMS_IDLE_TIMEOUT", "", "30s",
     "A WebSocket that says nothing for so long is closed; half of it until the hub pings.",
     [](Settings& s, std::string_view t) -> result<void> {
         const auto set = set_duration(s.streams.idle_timeout, t);
         if (set && s.streams.idle_timeout < milliseconds{100})
             return bad("write a duration of at least 100ms");
         return set;
     }},
    {"streams.compress", "KATYDID_STREAMS_COMPRESS", "", "false",
     "Whether WebSockets may be compressed (permessage-deflate): less traffic, more time and "
     "memory.",
     [](Settings& s, std::string_view t) { return set_flag(s.streams.compresses, t); }},
    {"bridge.wait", "KATYDID_BRIDGE_WAIT", "", "500ms",
     "How long a caller of the bridge waits for the platform, before a write is answered with 202 "
     "and a read with an older answer.",
     [](Settings& s, std::string_view t) { return set_duration(s.bridge.wait, t); }},
    {"bridge.timeout", "KATYDID_BRIDGE_TIMEOUT", "", "10s",
     "How long one call of the bridge to a platform may take.",
     [](Settings& s, std::string_view t) { return set_duration(s.bridge.timeout, t); }},
    {"bridge.health_interval", "KATYDID_BRIDGE_HEALTH_INTERVAL", "", "10s",
     "How often the platforms' health is looked at.",
     [](Settings& s, std::string_view t) { return set_duration(s.bridge.health_interval, t); }},
    {"bridge.fresh_max", "KATYDID_BRIDGE_FRESH_MAX", "", "1h",
     "No cached answer of a platform counts as fresh for longer. 0s: each read asks the platform.",
     [](Settings& s, std::string_view t) { return set_duration(s.bridge.fresh_max, t); }},
    {"bridge.allow", "KATYDID_BRIDGE_ALLOW", "", unset("bridge.artist:contactInfo.email"),
     "Personal fields that may pass between the platforms although the privacy tables hold them "
     "back, as TYPE:FIELD.",
     [](Settings& s, std::string_view t) -> result<void> {
         s.bridge.allow = split_list(t);
         return {};
     }},
    {"retention.delivered", "KATYDID_RETENTION_DELIVERED", "", "7d",
     "How long delivered events are kept, and events without a subscription.",
     [](Settings& s, std::string_view t) { return set_duration(s.retention.delivered, t); }},
    {"retention.dead", "KATYDID_RETENTION_DEAD", "", "30d",
     "How long dead and cancelled deliveries are kept with their events.",
     [](Settings& s, std::string_view t) { return set_duration(s.retention.dead, t); }},
    {"retention.dedupe", "KATYDID_RETENTION_DEDUPE", "", "7d",
     "How long ids are remembered, so that a repeat is known as a duplicate.",
     [](Settings& s, std::string_view t) { return set_duration(s.retention.dedupe, t); }},
    {"retention.rejected", "KATYDID_RETENTION_REJECTED", "", "7d",
     "How long rejected webhooks are kept for an operator to look at.",
     [](Settings& s, std::string_view t) { return set_duration(s.retention.rejected, t); }},
};

}  // namespace

std::span<const KeySpec> keys() { return table; }

const KeySpec* find_key(std::string_view key)
{
    const auto* const found = std::ranges::find(table, key, &KeySpec::key);
    return found == std::end(table) ? nullptr : found;
}

}  // namespace katydid::config
