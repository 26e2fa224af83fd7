#include "hub/process/port_file.hpp"

#include "hub/observe/log.hpp"
#include "hub/store/open_store.hpp"

#include <boost/json.hpp>

#include <fstream>
#include <sstream>

#include <unistd.h>

namespace katydid {
namespace {

std::string to_text(const boost::asio::ip::tcp::endpoint& endpoint)
{
    std::ostringstream text;
    text << endpoint;
    return text.str();
}

}  // namespace

void write_port_file(const std::filesystem::path& file, const Addresses& addresses)
{
    if (file.empty()) return;
    const boost::json::object ports{{"listen", to_text(addresses.listen)},
                                    {"operator_listen", to_text(addresses.operator_listen)},
                                    {"operator_key_file", addresses.operator_key_file.string()},
                                    {"pid", ::getpid()}};
    // A FIFO is written in place: its reader gets a line. A file appears whole.
    const bool in_place = std::filesystem::is_fifo(file);
    const auto target = in_place ? file : std::filesystem::path{file.string() + ".new"};
    std::ofstream out{target};
    out << boost::json::serialize(ports) << '\n';
    out.close();
    if (!out)
        throw Failure{Error{errc::invalid_argument, "port_file: " + file.string()
                                                        + " cannot be written: name another file"}};
    if (!in_place) std::filesystem::rename(target, file);
}

void log_ready(const config::Settings& settings, const Addresses& addresses)
{
    const std::string scheme = settings.tls.certificate_files.empty() ? "http://" : "https://";
    log::info("hub.ready", "webhooks are accepted",
              {{"listen", scheme + to_text(addresses.listen)},
               {"operator_listen", "http://" + to_text(addresses.operator_listen)},
               {"store", store::describe_store(settings.store_url())},
               {"operator_key", addresses.operator_key_file.empty()
                                    ? "from KATYDID_OPERATOR_KEY"
                                    : addresses.operator_key_file.string()},
               {"sources", settings.sources.size()},
               {"loops", settings.loops}});
}

}  // namespace katydid
