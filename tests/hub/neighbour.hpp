// Several hubs on one PostgreSQL, and a script that talks to them.
#pragma once

#include <katydid/hub.hpp>

#include "tests/hub/running_hub.hpp"

#include <functional>
#include <optional>

namespace katydid::test {

/// A hub that runs on the loop of a script beside the script's own.
class Neighbour {
public:
    Neighbour(const asio::any_io_executor& executor, Settings settings);

    awaitable<ApiClient> start();
    /// Until the operators' page says so.
    awaitable<> wait_for_metric(std::string line);
    awaitable<> stop();

private:
    Hub hub_;
    std::optional<Addresses> addresses_;
    std::exception_ptr failure_;
    bool has_ended_ = false;
    asio::steady_timer changed_;
    http::Client client_;
};

/// Settings of one of the hubs that share the store.
Settings settings_on(const std::string& store, const Folder& folder);
/// An empty PostgreSQL store.
std::string make_shared_store();

/// Runs so many hubs until the script is done. The first of the clients is that of the first hub.
void run_with_hubs(std::size_t count, std::function<awaitable<>(std::vector<ApiClient>)> script);

}  // namespace katydid::test
