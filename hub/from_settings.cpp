#include "hub/from_settings.hpp"

#include "hub/observe/log.hpp"
#include "hub/store/open_store.hpp"

namespace katydid {

http::EgressPolicy make_egress(const config::Settings& settings)
{
    http::EgressPolicy policy;
    for (const auto& text : settings.egress_allow) {
        policy.allowed.push_back(http::parse_network(text).value());
        log::info("egress.open", "deliveries may go to this network", {{"network", text}});
    }
    return policy;
}

std::unique_ptr<store::Store> open_store(const config::Settings& settings,
                                         observe::Metrics& metrics)
{
    store::StoreOptions options;
    options.url = settings.store_url();
    options.queue_count_max = settings.store_queue_max;
    options.warn = [](const std::string& sentence) { log::warn("store.warning", sentence); };
    options.on_commit = [&metrics](double seconds, std::size_t calls) {
        metrics.store_committed(seconds, calls);
    };
    return store::open_store(std::move(options));
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

std::vector<registry::OwnScheme> own_schemes(const config::Settings& settings)
{
    std::vector<registry::OwnScheme> schemes;
    for (const auto& made : settings.schemes)
        schemes.push_back({made.name, signing::load_scheme(made.name, made.toml).value(), made.toml,
                           true, 1, system_clock().now()});
    return schemes;
}

}  // namespace katydid
