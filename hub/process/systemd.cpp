#include "hub/process/systemd.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace katydid {
namespace {

constexpr int first_descriptor = 3;  // SD_LISTEN_FDS_START
constexpr int descriptors_max = 16;

int number_in(const config::Environment& environment, const char* name)
{
    const auto found = environment.find(name);
    if (found == environment.end()) return 0;
    int value = 0;
    const auto& text = found->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

/// "a:b:c"
std::vector<std::string> names_in(const config::Environment& environment)
{
    const auto found = environment.find("LISTEN_FDNAMES");
    std::vector<std::string> names;
    if (found == environment.end()) return names;
    std::string_view rest = found->second;
    while (!rest.empty()) {
        const auto colon = std::min(rest.find(':'), rest.size());
        names.emplace_back(rest.substr(0, colon));
        rest.remove_prefix(std::min(colon + 1, rest.size()));
    }
    return names;
}

}  // namespace

InheritedSockets choose_sockets(const config::Environment& environment, int pid)
{
    InheritedSockets sockets;
    const int count = number_in(environment, "LISTEN_FDS");
    if (number_in(environment, "LISTEN_PID") != pid || count <= 0) return sockets;
    const auto names = names_in(environment);
    const bool is_named = std::any_of(names.begin(), names.end(), [](const std::string& name) {
        return name == "listen" || name == "operator_listen";
    });
    for (int i = 0; i < std::min(count, descriptors_max); ++i) {
        const auto place = static_cast<std::size_t>(i);
        const auto name = is_named ? (place < names.size() ? names[place] : std::string{})
                          : i == 0 ? "listen"
                          : i == 1 ? "operator_listen"
                                   : "";
        if (name == "listen") sockets.listen = first_descriptor + i;
        if (name == "operator_listen") sockets.operator_listen = first_descriptor + i;
    }
    return sockets;
}

InheritedSockets inherited_sockets()
{
    const auto sockets = choose_sockets(config::process_environment(), ::getpid());
    for (const int descriptor : {sockets.listen, sockets.operator_listen})
        if (descriptor >= 0) ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return sockets;
}

void notify_systemd(std::string_view state) noexcept
{
    const char* path = std::getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (path == nullptr || std::strlen(path) >= sizeof address.sun_path) return;
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, path);
    if (path[0] == '@') address.sun_path[0] = '\0';  // an abstract address
    const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(path));
    ::sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL,
             reinterpret_cast<const sockaddr*>(&address), size);
    ::close(descriptor);
}

}  // namespace katydid
