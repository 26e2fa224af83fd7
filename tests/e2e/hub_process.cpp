#include "tests/e2e/hub_process.hpp"

#include "tests/support/loops.hpp"

#include <boost/json/parse.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace katydid::test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

// A sanitized build on a busy machine starts slowly; a hub that hangs is found all the same.
constexpr auto start_time_max = 30s;
constexpr auto end_time_max = 40s;

std::string read_text(const std::filesystem::path& path)
{
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::uint16_t port_of(const json::value& address)
{
    const std::string text{address.as_string()};
    return static_cast<std::uint16_t>(std::stoul(text.substr(text.rfind(':') + 1)));
}

void inherit(Variables& variables, const char* name)
{
    if (const char* value = std::getenv(name)) variables.emplace(name, value);
}

}  // namespace

HubProcess::HubProcess(std::filesystem::path folder, Variables variables)
    : data_folder{folder / "data"},
      folder_{std::move(folder)},
      variables_{std::move(variables)}
{
    for (const char* name :
         {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LLVM_PROFILE_FILE"})
        inherit(variables_, name);
    variables_.emplace("KATYDID_LOOPS", std::to_string(test_loops()));
}

void HubProcess::start()
{
    const auto port_file = folder_ / "ports.json";
    std::filesystem::remove(port_file);
    const FolderWatch watch{folder_};
    process_ = std::make_unique<ChildProcess>(
        std::vector<std::string>{KATYDID_BINARY, "serve", "--listen", "127.0.0.1:0",
                                 "--operator-listen", "127.0.0.1:0", "--data-dir",
                                 data_folder.string(), "--port-file", port_file.string()},
        variables_, folder_ / "hub.log");
    try {
        watch.wait_for("ports.json", *process_, start_time_max);
    } catch (const std::runtime_error& error) {
        throw std::runtime_error{std::string{error.what()} + "; its log ends:\n" + log_tail()};
    }
    read_ports(port_file);
}

void HubProcess::read_ports(const std::filesystem::path& port_file)
{
    const auto ports = json::parse(read_text(port_file));
    port_ = port_of(ports.at("listen"));
    operator_port_ = port_of(ports.at("operator_listen"));
    const std::string key_file{ports.at("operator_key_file").as_string()};
    operator_key_ = read_text(key_file);
    while (operator_key_.ends_with('\n')) operator_key_.pop_back();
}

int HubProcess::end(int signal)
{
    process_->send(signal);
    const auto status = process_->wait(end_time_max);
    if (!status) throw std::runtime_error{"the hub did not end; its log ends:\n" + log_tail()};
    return *status;
}

Reply HubProcess::manage(const std::string& method, const std::string& path,
                         const std::string& body) const
{
    WireRequest request{method, path, {{"Authorization", "Bearer " + operator_key_}}, body};
    if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    return exchange(port_, request);
}

json::value HubProcess::get(const std::string& path) const
{
    const auto reply = manage("GET", path);
    if (reply.status != 200)
        throw std::runtime_error{"GET " + path + ": " + reply.head + reply.body};
    return json::parse(reply.body);
}

json::array HubProcess::list(const std::string& path) const
{
    json::array items;
    const std::string separator = path.find('?') == std::string::npos ? "?" : "&";
    std::string next = path + separator + "limit=250";
    while (true) {
        const auto page = get(next);
        for (const auto& item : page.at("data").as_array()) items.push_back(item);
        const auto* cursor = page.as_object().if_contains("cursor");
        if (cursor == nullptr || !cursor->is_string()) return items;
        next = path + separator + "limit=250&cursor=" + std::string{cursor->get_string()};
    }
}

std::string HubProcess::log_tail() const
{
    const auto log = read_text(folder_ / "hub.log");
    constexpr std::size_t tail_bytes = 4'000;
    return log.size() <= tail_bytes ? log : log.substr(log.size() - tail_bytes);
}

}  // namespace katydid::test
