// A provider that does what no real one does: it lies, in whichever way a test says.
#pragma once

#include "hub/core/codec/openssl.hpp"
#include "hub/http/server/server.hpp"
#include "signing/keys/jws.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace katydid::test {

/// Serves its description, keys, tokens and userinfo on a thread of its own.
///
/// Thread safety: the settings are changed through change(); the rest from any thread.
class FakeProvider {
public:
    struct Settings {
        boost::json::object metadata;  ///< instead of what it says of itself
        boost::json::object claims{{"groups", boost::json::array{"ops"}}};  ///< besides the usual
        boost::json::object userinfo;
        /// Makes the token of the claims; empty: as it should.
        std::function<std::string(const signing::JwsKey&, const boost::json::object&)> sign;
        signing::JwsKey key = signing::JwsKey::make();
        bool publishes_key = true;
    };
    struct Counts {
        int tokens = 0;
        int key_sets = 0;
    };

    FakeProvider();
    ~FakeProvider();
    FakeProvider(const FakeProvider&) = delete;
    FakeProvider& operator=(const FakeProvider&) = delete;

    [[nodiscard]] std::string issuer() const { return issuer_; }
    void change(const std::function<void(Settings&)>& how);
    [[nodiscard]] Counts counts() const;

    /// What its page does: the code for a request to the authorization endpoint. The parameters are
    /// those of the request.
    std::string authorize(const std::map<std::string, std::string>& parameters);

private:
    struct Code {
        std::string nonce;
        std::string challenge;
    };
    void add_route(std::string method, std::string path,
                   std::function<http::Response(const http::Request&)> answer);
    http::Response describe() const;
    http::Response keys();
    http::Response redeem(const http::Request& request);
    http::Response userinfo() const;

    mutable std::mutex mutex_;
    Settings settings_;
    Counts counts_;
    std::map<std::string, Code> codes_;
    boost::asio::io_context loop_{1};
    http::Router router_;
    std::unique_ptr<http::Server> server_;
    std::string issuer_;
    std::thread thread_;
};

/// The fields of a form or a query, decoded.
[[nodiscard]] std::map<std::string, std::string> fields_of(std::string_view form);

}  // namespace katydid::test
