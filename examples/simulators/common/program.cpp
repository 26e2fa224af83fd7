#include "examples/simulators/common/control.hpp"
#include "examples/simulators/common/platform.hpp"
#include "examples/simulators/common/realtime.hpp"
#include "examples/simulators/people/sign_on.hpp"

#include "certs/tls.hpp"
#include "hub/http/server/server.hpp"
#include "hub/observe/log.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>

namespace katydid::simulators {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

tcp::endpoint parse_endpoint(const std::string& text)
{
    const auto colon = text.rfind(':');
    boost::system::error_code error;
    const auto address = asio::ip::make_address(text.substr(0, colon), error);
    const auto port = colon == std::string::npos
                          ? -1L
                          : std::strtol(text.c_str() + colon + 1, nullptr, 10);
    if (error || port < 0 || port > 65'535)
        throw Failure{
            {errc::invalid_argument, "--listen takes an address and a port, e.g. 127.0.0.1:0"}};
    return {address, static_cast<std::uint16_t>(port)};
}

std::string to_text(const tcp::endpoint& endpoint)
{
    return endpoint.address().to_string() + ':' + std::to_string(endpoint.port());
}

/// A reader of a regular file or of a FIFO gets the whole line at once.
void write_port_file(const std::string& path, const std::string& listen)
{
    if (path.empty()) return;
    std::ofstream file{path};
    file << boost::json::serialize(boost::json::object{{"listen", listen}}) + "\n" << std::flush;
    if (!file) throw Failure{{errc::invalid_argument, "--port-file: cannot write " + path}};
}

/// null: the system's trust store.
std::shared_ptr<certs::ClientTls> client_tls(const Options& options)
{
    const auto& folder = options.tls_folder;
    if (folder.empty()) return nullptr;
    return std::make_shared<certs::ClientTls>(certs::ClientTls::Options{
        folder + "/ca.pem", folder + "/client.pem", folder + "/client.key"});
}

PosterOptions poster_options(const Options& options, const Platform& platform)
{
    PosterOptions result;
    if (!options.hub.empty()) result.url = options.hub + std::string{platform.hub_path()};
    result.per_second = options.per_second;
    if (options.count >= 0) result.count = static_cast<std::uint64_t>(options.count);
    result.repeat_one_in = options.repeat_one_in;
    result.seed = options.seed;
    result.keys = keys_from_environment(options.sign_secret_env);
    result.tls = client_tls(options);
    return result;
}

http::ServerOptions server_options(const Options& options)
{
    http::ServerOptions result;
    if (const auto& folder = options.tls_folder; !folder.empty())
        result.tls = std::make_shared<certs::ServerTls>(certs::ServerTls::Options{
            {{folder + "/server.pem", folder + "/server.key"}}, folder + "/ca.pem", true});
    return result;
}

/// Webhook paths answer as both platforms do: {"error":"…"}.
void use_platform_errors(http::Router& router)
{
    router.set_error_body("/", [](unsigned status, std::string_view detail) {
        return http::Response::plain_error(status, detail);
    });
}

/// One running simulator: made, started and stopped on one loop.
class Simulator {
public:
    Simulator(const Options& options, MakePlatform make)
        : platform_{make(options, system_clock())},
          receiver_{loop_.get_executor(), system_clock(), ledger_},
          poster_{loop_.get_executor(), system_clock(), poster_options(options, *platform_),
                  ledger_, [this] { return platform_->next_webhook(); }},
          realtime_{{loop_.get_executor(), system_clock(), ledger_, client_tls(options),
                     [this] { return platform_->next_happening(); }}},
          sign_on_{loop_.get_executor(),
                   system_clock(),
                   {options.sso_hub, std::string{platform_->name()}, client_tls(options)}}
    {
        use_platform_errors(router_);
        add_control_routes(router_, std::string{platform_->hub_path()}, ledger_, receiver_,
                           poster_);
        realtime_.add_routes(router_);
        platform_->add_routes(router_, receiver_);
        sign_on_.add_routes(router_);
        server_.emplace(loop_.get_executor(), parse_endpoint(options.listen), router_,
                        server_options(options));
    }

    void run(const std::string& port_file)
    {
        signals_.async_wait([this](const boost::system::error_code& error, int) {
            if (!error) stop();
        });
        server_->start();
        poster_.start();
        const auto listen = to_text(server_->local_endpoint());
        log::info("simulator.ready", "The simulator listens.",
                  {{"platform", platform_->name()}, {"listen", listen}});
        write_port_file(port_file, listen);
        loop_.run();
    }

private:
    void stop()
    {
        poster_.stop();
        realtime_.stop();
        receiver_.release();
        sign_on_.stop();
        asio::co_spawn(loop_, server_->drain(Deadline::after(2s)),
                       [](const std::exception_ptr& exception) {
                           if (exception) log::error("simulator.drain", describe(exception));
                       });
    }

    asio::io_context loop_{1};
    asio::signal_set signals_{loop_, SIGTERM, SIGINT};
    Ledger ledger_;
    std::unique_ptr<Platform> platform_;
    Receiver receiver_;
    Poster poster_;
    Realtime realtime_;
    SignOn sign_on_;
    http::Router router_;
    std::optional<http::Server> server_;
};

}  // namespace

signing::KeyRing keys_from_environment(const std::string& variable)
{
    const char* value = variable.empty() ? nullptr : std::getenv(variable.c_str());
    if (value == nullptr || *value == '\0')
        throw Failure{
            {errc::invalid_argument, "the environment variable " + variable + " holds no secret"}};
    return {{signing::Key{{}, Secret{value}, std::nullopt, std::nullopt}}};
}

std::string text_from_environment(const std::string& variable)
{
    const char* value = variable.empty() ? nullptr : std::getenv(variable.c_str());
    return value == nullptr ? std::string{} : std::string{value};
}

int run(const Options& options, MakePlatform make)
{
    std::signal(SIGPIPE, SIG_IGN);
    Simulator simulator{options, make};
    simulator.run(options.port_file);
    return EXIT_SUCCESS;
}

}  // namespace katydid::simulators
