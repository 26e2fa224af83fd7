#include "hub/app/build.hpp"

#include "hub/config/refused_urls.hpp"
#include "hub/core/subscription/subscription.hpp"
#include "hub/observe/log.hpp"
#include "hub/store/open_store.hpp"
#include "signing/keys/secrets.hpp"

namespace katydid {
namespace {

constexpr milliseconds denied_log_interval{100};

void make_data_dir(const std::filesystem::path& folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!error) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    if (error)
        throw Failure{Error{errc::invalid_argument,
                            folder.string() + " cannot be the hub's own folder: " + error.message()
                                + ". data_dir (KATYDID_DATA_DIR, --data-dir) names one that the "
                                  "hub may write to"}};
}

void refuse_short_secrets(const config::Settings& settings)
{
    for (const auto& source : settings.sources)
        for (const auto& secret : source.secrets)
            if (secret.text().size() < signing::secret_bytes_min)
                throw Failure{{errc::invalid_argument,
                               "sources, \"" + source.name
                                   + "\": its secret can be guessed: give at least "
                                   + std::to_string(signing::secret_bytes_min) + " characters"}};
}

}  // namespace

const config::Settings& prepare(const config::Settings& settings)
{
    refuse_short_secrets(settings);
    make_data_dir(settings.data_dir);
    if (settings.tenant_in_flight_limit() < settings.loops)
        throw Failure{Error{errc::invalid_argument,
                            "limits.in_flight_max and limits.tenant_in_flight_max must be at least "
                            "loops: every loop holds a part of them"}};
    return settings;
}

std::size_t connections_of_loop(const config::Settings& settings)
{
    return std::max<std::size_t>(1, settings.connections_max / settings.loops);
}

api::LimitValues limits_of(const config::Settings& settings)
{
    return {settings.in_flight_max, settings.tenant_in_flight_limit()};
}

http::ClientOptions client_options(const config::Settings& settings,
                                   std::shared_ptr<certs::ClientTls> tls)
{
    http::ClientOptions options;
    options.tls = std::move(tls);
    options.dns_ttl = settings.egress_dns_ttl;
    if (const auto& proxy = settings.egress_proxy; !proxy.empty())
        options.proxy = http::EgressPolicy::parse_url(proxy).value();
    // What a tenant is told names no address; the operator may want to know which one it was.
    options.on_denied = [next = SteadyTime{}](const http::Url& url, const auto& address,
                                              const Error& why) mutable {
        const auto now = std::chrono::steady_clock::now();
        if (now < next) return;
        next = now + denied_log_interval;
        log::warn("egress.denied", why.message,
                  {{"host", url.host}, {"port", url.port}, {"address", address.to_string()}});
    };
    return options;
}

http::EgressPolicy make_egress(const config::Settings& settings)
{
    http::EgressPolicy policy;
    for (const auto& text : settings.egress_allow) {
        policy.allowed.push_back(http::parse_network(text).value());
        log::info("egress.open", "deliveries may go to this network", {{"network", text}});
    }
    return policy;
}

void warn_of_refused_urls(const config::Settings& settings, const http::EgressPolicy& policy)
{
    for (const auto& url : config::refused_urls(settings, policy))
        log::warn("egress.refused",
                  "nothing can be sent there: " + url.why + ". "
                      + std::string{config::egress_remedy},
                  {{"name", url.name}, {"host", url.host}});
}

std::unique_ptr<store::Store> open_store(const config::Settings& settings,
                                         observe::Metrics& metrics, std::string address)
{
    store::StoreOptions options;
    options.address = std::move(address);
    options.url = settings.store_url();
    for (const auto& shard : settings.shards) options.shards.push_back({shard.name, shard.url});
    options.queue_count_max = settings.store_queue_max;
    options.warn = [](const std::string& sentence) { log::warn("store.warning", sentence); };
    options.note = [](const std::string& sentence) { log::info("store.noted", sentence); };
    options.on_commit = [&metrics](double seconds, std::size_t calls) {
        metrics.store_committed(seconds, calls);
    };
    options.on_checkpoint = [&metrics](double seconds) { metrics.store_checkpointed(seconds); };
    return store::open_store(std::move(options));
}

std::unique_ptr<peers::Listening> listen_for_hubs(const config::Settings& settings)
{
    if (!store::is_shared_store(settings.store_url())) return nullptr;
    const boost::asio::ip::tcp::endpoint beside{settings.listen.address(), 0};
    return std::make_unique<peers::Listening>(settings.peer_listen.value_or(beside));
}

std::shared_ptr<certs::ServerTls> make_server_tls(const config::TlsSettings& settings)
{
    if (settings.certificate_files.empty()) return nullptr;
    certs::ServerTls::Options options{{}, settings.client_ca_file, settings.client_required};
    for (std::size_t i = 0; i < settings.certificate_files.size(); ++i)
        options.certificates.push_back({settings.certificate_files[i], settings.key_files[i]});
    return std::make_shared<certs::ServerTls>(std::move(options));
}

std::shared_ptr<certs::ClientTls> make_client_tls(const config::Settings& settings)
{
    return std::make_shared<certs::ClientTls>(certs::ClientTls::Options{
        settings.egress_ca_file, settings.egress_certificate_file, settings.egress_key_file});
}

namespace {

/// Throws Failure with the identity's name and the file.
std::shared_ptr<certs::ClientTls> load_tls(const std::string& name,
                                           certs::ClientTls::Options options)
{
    try {
        return std::make_shared<certs::ClientTls>(std::move(options));
    } catch (const Failure& failure) {
        throw Failure{{errc::tls_failed, "identities, \"" + name + "\": " + failure.what()}};
    }
}

std::vector<http::HostRule> hosts_of(const config::IdentitySettings& identity)
{
    if (identity.hosts.empty())
        throw Failure{{errc::invalid_argument, "identities, \"" + identity.name
                                                   + "\": name its hosts; without them its "
                                                     "credentials could go anywhere"}};
    std::vector<http::HostRule> rules;
    for (const auto& host : identity.hosts) rules.push_back(http::parse_host_rule(host).value());
    return rules;
}

}  // namespace

http::Identities make_identities(const config::Settings& settings,
                                 std::shared_ptr<certs::ClientTls> own)
{
    http::Identities identities;
    for (const auto& made : settings.identities) {
        const auto& ca = made.ca_file.empty() ? settings.egress_ca_file : made.ca_file;
        const bool is_own = made.ca_file.empty() && made.certificate_file.empty();
        auto tls = is_own ? own : load_tls(made.name, {ca, made.certificate_file, made.key_file});
        http::OfferedIdentity offered;
        offered.identity = std::make_shared<const http::Identity>(
            http::Identity{made.name, std::move(tls)});
        offered.hosts = hosts_of(made);
        offered.tenants = made.tenants;
        if (made.oauth) {
            const auto& oauth = *made.oauth;
            offered.oauth = http::OAuthOptions{oauth.token_url, oauth.client_id,
                                               std::string{oauth.client_secret.text()},
                                               oauth.scope};
            if (!oauth.ca_file.empty())
                offered.for_token_server = std::make_shared<const http::Identity>(http::Identity{
                    made.name + " token",
                    load_tls(made.name, {oauth.ca_file, made.certificate_file, made.key_file})});
        }
        identities.offer(std::move(offered));
    }
    return identities;
}

bool has_bridge(const config::Settings& settings)
{
    return !settings.bridge.atlvs.url.empty() || !settings.bridge.grasshopper.url.empty();
}

bridge::Options bridge_options(const config::Settings& settings)
{
    const auto& bridge = settings.bridge;
    bridge::Options options;
    options.atlvs = {bridge.atlvs.url, bridge.atlvs.key};
    options.grasshopper = {bridge.grasshopper.url, bridge.grasshopper.key};
    options.wait = bridge.wait;
    options.timeout = bridge.timeout;
    options.health_interval = bridge.health_interval;
    options.fresh_max = bridge.fresh_max;
    options.remembered = settings.retention.dedupe;
    options.is_store_shared = settings.store_url().starts_with("postgres");
    return options;
}

std::optional<Subscription> bridge_subscription(const config::Settings& settings)
{
    if (settings.bridge.atlvs.url.empty()) return std::nullopt;
    return bridge::make_subscription(settings.bridge.timeout, settings.retry_delays);
}

std::vector<registry::OwnScheme> own_schemes(const config::Settings& settings)
{
    std::vector<registry::OwnScheme> schemes;
    for (const auto& made : settings.schemes)
        schemes.push_back({made.name, signing::load_scheme(made.name, made.toml).value(), made.toml,
                           true, 1, system_clock().now()});
    return schemes;
}

}  // namespace katydid
