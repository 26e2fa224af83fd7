// Everything an operator can choose, in one immutable struct.
#pragma once

#include "hub/config/sign_on_settings.hpp"
#include "hub/core/event.hpp"
#include "hub/core/source.hpp"
#include "hub/core/subscription/subscription_ptr.hpp"
#include "hub/core/text/headers.hpp"
#include "hub/core/text/log_level.hpp"
#include "hub/core/retention.hpp"
#include "hub/core/secret.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace katydid::config {

/// Tokens that an identity's requests carry (OAuth 2, client credentials).
struct OAuthSettings {
    std::string token_url;
    std::string client_id;
    Secret client_secret;
    std::string scope;    ///< separated by spaces
    std::string ca_file;  ///< trusted for the token server; empty: as the identity
};

/// Whom deliveries trust and who they say they are: `[[identities]]`, named by subscriptions.
struct IdentitySettings {
    std::string name;
    std::string ca_file;           ///< empty: as the hub
    std::string certificate_file;  ///< empty: no client certificate, or the hub's without ca_file
    std::string key_file;
    std::optional<OAuthSettings> oauth;
    std::vector<TenantId> tenants{};   ///< who may name it; empty: every tenant
    std::vector<std::string> hosts{};  ///< where it may go (http::HostRule); none is refused
};

/// A signature scheme of one's own: `[schemes.NAME]`, checked when it was read.
struct SchemeSettings {
    std::string name;
    std::string toml;
};

struct TlsSettings {
    std::vector<std::string> certificate_files;  ///< empty: plain HTTP; chosen by SNI
    std::vector<std::string> key_files;          ///< in the same order
    std::string client_ca_file;
    bool client_required = false;
};

/// Where a platform's REST API is, and the hub's key there.
struct PlatformApi {
    std::string url;  ///< empty: the bridge does not call that platform
    Secret key;
};

/// What the hub does instead of the platforms' REST APIs (docs/bridge.md).
struct BridgeSettings {
    PlatformApi atlvs;        ///< ATLVS_API_URL, ATLVS_API_KEY
    PlatformApi grasshopper;  ///< GRASSHOPPER_API_URL, GRASSHOPPER_API_KEY
    milliseconds wait{500};
    milliseconds timeout{10'000};
    milliseconds health_interval{10'000};
    milliseconds fresh_max{std::chrono::hours{1}};
    std::vector<std::string> allow;  ///< personal fields that may pass: "TYPE:FIELD"
};

/// The processes that run transforms (docs/transforms.md).
struct TransformSettings {
    std::string program;        ///< empty: katydid-transform beside the program that runs
    std::uint32_t workers = 2;  ///< of each event loop
};

/// What an event is to come to: `[[tests]]`, run by `katydid check`.
struct SettingTest {
    std::string place;         ///< "katydid.toml:12"
    std::string name;          ///< for people; may be empty
    SubscriptionPtr by;        ///< its types, filter and transform are tried
    std::string subscription;  ///< its name, where a table of the settings is meant; else empty
    Event event;
    std::string output;             ///< JSON: what the transform is to return; empty: not said
    std::optional<bool> delivered;  ///< whether it is to be sent at all
};

/// Whom to tell what goes wrong: `[[alerts]]`.
struct AlertSettings {
    enum class Way : std::uint8_t { slack, mail, subscription };
    std::vector<std::string> on;  ///< types of the hub's own events
    Way way = Way::slack;
    std::string to;  ///< a webhook's URL, an address, a subscription's name
};

/// The server that takes the mail of alerts: `[smtp]`.
struct SmtpSettings {
    std::string url;   ///< "smtp://mail.example:587" (STARTTLS) or "smtps://…"
    std::string from;  ///< address
    std::string user;  ///< empty: no login
    Secret password;
    std::string ca_file;  ///< trusted for it; empty: the system's store
};

/// Connections of consumers and watchers.
struct StreamSettings {
    std::vector<std::string> allowed_origins;  ///< whose pages may open WebSockets: "https://…"
    milliseconds idle_timeout{30'000};         ///< who is silent for so long is taken for gone
    bool compresses = false;                   ///< whether permessage-deflate is agreed to
};

/// What one caller may ask of the public listener. Zero: no limit.
struct CallerLimits {
    std::size_t connections_per_address = 1'024;
    std::uint32_t requests_per_second_address = 0;
    std::uint32_t requests_burst_address = 0;  ///< 0: as many as in a second
    std::uint32_t requests_per_second_source = 0;
    std::uint32_t requests_burst_source = 0;
    std::size_t requests_under_way_max = 8'192;  ///< over it writes get 503 before their body
};

/// One of several stores that keep some tenants each.
struct ShardSettings {
    std::string name;  ///< the directory knows it by this name
    std::string url;   ///< as `store`
};

/// Where a setting was given, and as what. The last place wins.
struct GivenSetting {
    std::string value;  ///< empty for a secret
    std::string place;  ///< "katydid.toml:3", "KATYDID_LISTEN" or "--listen"
};

/// A shorter operator's key can be guessed, and it opens everything.
constexpr std::size_t operator_key_bytes_min = 16;
constexpr const char* operator_key_rule
    = "Give at least 16 characters: `openssl rand -hex 32` makes a good one.";

/// The defaults are what a first run gets.
struct Settings {
    boost::asio::ip::tcp::endpoint listen{boost::asio::ip::address_v4::loopback(), 8080};
    boost::asio::ip::tcp::endpoint operator_listen{boost::asio::ip::address_v4::loopback(), 8081};
    /// Where hubs of the same store reach this one; nullopt: at the address of `listen`, any port.
    std::optional<boost::asio::ip::tcp::endpoint> peer_listen;
    std::filesystem::path data_dir{"./katydid-data"};
    std::string store;                  ///< "sqlite:<path>" or "postgres://…"; empty: in data_dir
    std::vector<ShardSettings> shards;  ///< instead of `store`; the first keeps the directory
    std::filesystem::path port_file;    ///< written once ready: the bound addresses, as JSON
    std::uint32_t loops = 1;

    log::Level log_level = log::Level::info;
    log::Format log_format = log::Format::text;
    bool log_requests = false;  ///< a line for each request and attempt, not only for failures

    std::string otlp_url;           ///< of the collector that gets spans; empty: nothing is traced
    std::string otlp_headers_file;  ///< for otlp_headers, when they do not come by variable
    Headers otlp_headers;           ///< that the collector wants beside ours; may be secret
    double trace_ratio = 1;         ///< of the traces that begin here, 0 to 1

    TlsSettings tls;
    std::vector<std::string> trusted_proxies;  ///< networks whose X-Forwarded-* is believed
    std::vector<std::string> egress_allow;     ///< networks: "127.0.0.0/8"
    std::string egress_ca_file;           ///< trusted for outbound TLS; empty: the system's store
    std::string egress_certificate_file;  ///< who the hub says it is; empty: no certificate
    std::string egress_key_file;
    std::string egress_proxy;             ///< "http://proxy.example:3128"; empty: none
    milliseconds egress_dns_ttl{30'000};  ///< how long an answer of DNS is used

    std::size_t body_bytes_max = 1024 * 1024;
    std::size_t connections_max = 16'384;
    CallerLimits callers;
    std::uint32_t in_flight_max = 1'024;     ///< attempts at the same time, the whole hub
    std::uint32_t tenant_in_flight_max = 0;  ///< the same for each tenant; 0: as the hub
    std::size_t store_queue_max = 65'536;    ///< writes that wait for the store
    milliseconds drain_timeout{25'000};
    milliseconds breaker_open{30'000};       ///< first pause of a failing subscription
    std::vector<milliseconds> retry_delays;  ///< empty: the default schedule

    Retention retention;
    BridgeSettings bridge;
    StreamSettings streams;

    TransformSettings transforms;

    bool has_console = true;  ///< whether /console/ is served
    std::string public_url;   ///< where browsers reach the hub, without a slash at the end
    std::optional<SignOnSettings> sign_on;

    std::optional<Secret> master_key;           ///< absent: made beside the store
    std::optional<Secret> master_key_previous;  ///< opens what is sealed anew at start
    std::optional<Secret> operator_key;         ///< absent: made in data_dir/operator.key

    std::vector<SchemeSettings> schemes;
    std::vector<IdentitySettings> identities;
    std::vector<FixedSource> sources;
    std::vector<FixedSubscriptionPtr> subscriptions;
    std::vector<SettingTest> tests;
    std::vector<AlertSettings> alerts;
    SmtpSettings smtp;

    std::map<std::string, GivenSetting, std::less<>> given;  ///< by key; secrets by variable

    [[nodiscard]] std::uint32_t tenant_in_flight_limit() const
    {
        const bool is_own = tenant_in_flight_max > 0 && tenant_in_flight_max < in_flight_max;
        return is_own ? tenant_in_flight_max : in_flight_max;
    }
    [[nodiscard]] std::string store_url() const
    {
        if (!shards.empty()) return shards.front().url;
        return store.empty() ? "sqlite:" + (data_dir / "katydid.db").string() : store;
    }
};

}  // namespace katydid::config
