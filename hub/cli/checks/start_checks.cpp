#include "hub/cli/checks/start_checks.hpp"

#include "hub/app/build.hpp"
#include "hub/app/transforms.hpp"
#include "hub/process/key_files.hpp"
#include "hub/registry/sealed_secrets.hpp"
#include "hub/store/open_store.hpp"
#include "hub/store/peek.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <set>

#include <fcntl.h>
#include <unistd.h>

namespace katydid::cli {

using checks::fault;
using checks::Finding;
using checks::Findings;
using checks::warning;

namespace {

namespace fs = std::filesystem;
using boost::asio::ip::tcp;

/// The errors of start-up have the fix in their sentence.
Finding fault_of(std::string check, const std::exception& error)
{
    return fault(std::move(check), error.what(), {});
}

/// Runs what the start does too. Whether it threw nothing.
template <class Action>
bool attempt(Findings& findings, const char* check, Action action)
{
    try {
        action();
        return true;
    } catch (const Failure& failure) {
        findings.push_back(fault_of(check, failure));
    } catch (const fs::filesystem_error& error) {
        findings.push_back(fault_of(check, error));
    }
    return false;
}

/// Makes a file there and removes it. \returns 0, or the errno of what did not work
int write_probe(const fs::path& folder)
{
    constexpr std::string_view text = "katydid looks whether it can write here\n";
    const auto probe = (folder / (".probe-" + std::to_string(::getpid()))).string();
    const int descriptor = ::open(probe.c_str(),
                                  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0) return errno;
    const auto size = static_cast<ssize_t>(text.size());
    const bool is_written = ::write(descriptor, text.data(), text.size()) == size
                            && ::fsync(descriptor) == 0;
    const int number = is_written ? 0 : errno;
    ::close(descriptor);
    ::unlink(probe.c_str());
    return number;
}

/// What is not there yet is made in the nearest folder that is.
fs::path nearest_folder(const fs::path& folder)
{
    std::error_code ignored;
    auto there = folder;
    while (!fs::exists(there, ignored) && there.has_relative_path())
        there = there.parent_path().empty() ? fs::path{"."} : there.parent_path();
    return there;
}

Findings check_folder(const fs::path& folder)
{
    const auto number = write_probe(nearest_folder(folder));
    if (number == 0) return {};
    if (number == ENOSPC || number == EDQUOT)
        return {fault("data", "The disk of " + folder.string() + " is full.",
                      "Make room (df -h says where): on a full disk webhooks get 503 and nothing "
                      "is sent.")};
    return {fault("data",
                  folder.string() + " cannot be written to by the user who runs this: "
                      + std::strerror(number) + ".",
                  "chown it to the hub's user (chown -R katydid " + folder.string()
                      + "), or name another folder with --data-dir.")};
}

std::string text_of(const tcp::endpoint& endpoint)
{
    const auto address = endpoint.address().to_string();
    const auto host = endpoint.address().is_v6() ? "[" + address + "]" : address;
    return host + ":" + std::to_string(endpoint.port());
}

boost::system::error_code try_listening(const tcp::endpoint& endpoint)
{
    boost::asio::io_context loop;
    tcp::acceptor acceptor{loop};
    boost::system::error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(1, error);
    return error;
}

/// \param name  of the setting; its flag is the same with dashes
Findings check_port(const tcp::endpoint& endpoint, const std::string& name)
{
    const auto error = try_listening(endpoint);
    if (!error) return {};
    const auto place = text_of(endpoint) + " (" + name + ")";
    auto flag = "--" + name;
    std::ranges::replace(flag, '_', '-');
    if (error == boost::asio::error::address_in_use)
        return {fault("ports", place + " is taken by another program or another hub.",
                      "ss -ltnp says by whom; end it, or choose another port with " + flag
                          + ". Where systemd holds it for the hub, all is well.")};
    if (error == boost::asio::error::access_denied)
        return {fault("ports", place + " may not be opened by this user.",
                      "Take a port from 1024 on, put a proxy in front, or let systemd's socket "
                      "unit hold it.")};
    return {fault("ports", place + " cannot be listened on: " + error.message() + ".",
                  "Name an address of this machine: ip address lists them.")};
}

void append(Findings& all, Findings more) { std::ranges::move(more, std::back_inserter(all)); }

}  // namespace

Findings check_data_dir(const Start& start)
{
    std::set<fs::path> folders{start.settings.data_dir};
    const auto add_folder_of = [&folders](const std::string& url) {
        if (store::is_shared_store(url)) return;
        const auto folder = fs::path{store::sqlite_path(url)}.parent_path();
        folders.insert(folder.empty() ? fs::path{"."} : folder);
    };
    add_folder_of(start.settings.store_url());
    for (const auto& shard : start.settings.shards) add_folder_of(shard.url);
    Findings findings;
    for (const auto& folder : folders) append(findings, check_folder(folder));
    return findings;
}

/// A hub starts without them, and their tenants wait.
Findings check_shards(const Start& start)
{
    Findings findings;
    const auto& shards = start.settings.shards;
    for (std::size_t i = 1; i < shards.size(); ++i) {
        const auto known = store::peek_records(shards[i].url, {"shard"});
        if (!known)
            findings.push_back(warning(
                "store", "The shard \"" + shards[i].name + "\" is away: " + known.error().message,
                "Its tenants get 503 until it answers; the others work."));
    }
    return findings;
}

Findings check_store(const Start& start)
{
    const auto& settings = start.settings;
    Findings findings;
    std::unique_ptr<signing::Vault> vault;
    const bool has_key = attempt(findings, "keys", [&] { vault = find_vault(settings); });
    // A hub that runs holds the file of its store; a database may have gone since it started.
    if (start.is_running && !store::is_shared_store(settings.store_url())) return findings;
    if (const auto error = store::store_in_use(settings.store_url())) {
        findings.push_back(fault("store", error->message, {}));
        return findings;
    }
    const auto records = store::peek_records(settings.store_url(), registry::kinds_with_secrets());
    if (!records) {
        findings.push_back(fault("store", records.error().message, {}));
        return findings;
    }
    if (!has_key) return findings;
    if (const auto fits = check_vault(settings, vault.get(), *records); !fits)
        findings.push_back(fault("keys", fits.error().message, {}));
    return findings;
}

Findings check_operator_key(const Start& start)
{
    Findings findings;
    attempt(findings, "keys",
            [&] { static_cast<void>(katydid::find_operator_key(start.settings)); });
    return findings;
}

Findings check_tls_files(const Start& start)
{
    const auto& settings = start.settings;
    Findings findings;
    attempt(findings, "certificates", [&] { static_cast<void>(make_server_tls(settings.tls)); });
    std::shared_ptr<certs::ClientTls> own;
    if (attempt(findings, "certificates", [&] { own = make_client_tls(settings); }))
        attempt(findings, "certificates",
                [&] { static_cast<void>(make_identities(settings, own)); });
    return findings;
}

Findings check_transforms(const Start& start)
{
    Findings findings;
    for (auto& what : find_transform_faults(start.settings, start.settings.subscriptions))
        findings.push_back(fault("transforms", std::move(what) + ".", {}));
    return findings;
}

Findings check_ports(const Start& start)
{
    Findings findings;
    if (start.is_running) return findings;
    if (start.sockets.listen < 0) append(findings, check_port(start.settings.listen, "listen"));
    if (start.sockets.operator_listen < 0)
        append(findings, check_port(start.settings.operator_listen, "operator_listen"));
    return findings;
}

Findings check_start(const Start& start)
{
    constexpr Findings (*all_checks[])(const Start&) = {check_data_dir,     check_store,
                                                        check_operator_key, check_tls_files,
                                                        check_transforms,   check_ports};
    Findings findings;
    for (const auto check : all_checks) append(findings, check(start));
    return findings;
}

}  // namespace katydid::cli
