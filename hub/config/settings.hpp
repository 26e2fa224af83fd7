// Everything an operator can choose, in one immutable struct.
#pragma once

#include "hub/core/subscription.hpp"
#include "hub/observe/log.hpp"
#include "hub/store/store.hpp"
#include "signing/key_ring.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace katydid::config {

/// A source made by a setting. Its secrets came by reference (`secret_env`, `secret_file`).
struct SourceSettings {
    std::string name;
    std::vector<std::string> schemes;
    std::vector<signing::Secret> secrets;  ///< newest first
    std::string public_url;                ///< for schemes that sign the URL
};

/// A subscription made by a setting; read-only in the API.
struct SubscriptionSettings {
    Subscription subscription;
    std::optional<signing::Secret> secret;
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

/// What one caller may ask of the public listener. Zero: no limit.
struct CallerLimits {
    std::size_t connections_per_address = 1'024;
    std::uint32_t requests_per_second_address = 0;
    std::uint32_t requests_burst_address = 0;  ///< 0: as many as in a second
    std::uint32_t requests_per_second_source = 0;
    std::uint32_t requests_burst_source = 0;
    std::size_t requests_under_way_max = 8'192;  ///< over it writes get 503 before their body
};

/// The defaults are what a first run gets.
struct Settings {
    boost::asio::ip::tcp::endpoint listen{boost::asio::ip::address_v4::loopback(), 8080};
    boost::asio::ip::tcp::endpoint operator_listen{boost::asio::ip::address_v4::loopback(), 8081};
    std::filesystem::path data_dir{"./katydid-data"};
    std::string store;                ///< "sqlite:<path>" or "postgres://…"; empty: in data_dir
    std::filesystem::path port_file;  ///< written once ready: the bound addresses, as JSON
    std::uint32_t loops = 1;

    log::Level log_level = log::Level::info;
    log::Format log_format = log::Format::text;

    TlsSettings tls;
    std::vector<std::string> trusted_proxies;  ///< networks whose X-Forwarded-* is believed
    std::vector<std::string> egress_allow;  ///< networks: "127.0.0.0/8"
    std::string egress_ca_file;             ///< trusted for outbound TLS; empty: the system's store
    std::string egress_certificate_file;    ///< who the hub says it is; empty: nobody
    std::string egress_key_file;
    std::string egress_proxy;               ///< "http://proxy.example:3128"; empty: none
    milliseconds egress_dns_ttl{30'000};    ///< how long an answer of DNS is used

    std::size_t body_bytes_max = 1024 * 1024;
    std::size_t connections_max = 16'384;
    CallerLimits callers;
    std::uint32_t in_flight_max = 1'024;   ///< attempts at the same time, the whole hub
    std::uint32_t tenant_in_flight_max = 0;  ///< the same for each tenant; 0: as the hub
    std::size_t store_queue_max = 65'536;  ///< writes that wait for the store
    milliseconds drain_timeout{25'000};
    milliseconds breaker_open{30'000};       ///< first pause of a failing subscription
    std::vector<milliseconds> retry_delays;  ///< empty: the default schedule

    store::Retention retention;

    std::optional<signing::Secret> master_key;    ///< absent: made beside the store
    std::optional<signing::Secret> master_key_previous;  ///< opens what is sealed anew at start
    std::optional<signing::Secret> operator_key;  ///< absent: made in data_dir/operator.key

    std::vector<SchemeSettings> schemes;
    std::vector<SourceSettings> sources;
    std::vector<SubscriptionSettings> subscriptions;

    [[nodiscard]] std::uint32_t tenant_in_flight_limit() const
    {
        const bool is_own = tenant_in_flight_max > 0 && tenant_in_flight_max < in_flight_max;
        return is_own ? tenant_in_flight_max : in_flight_max;
    }
    [[nodiscard]] std::string store_url() const
    {
        return store.empty() ? "sqlite:" + (data_dir / "katydid.db").string() : store;
    }
};

}  // namespace katydid::config
