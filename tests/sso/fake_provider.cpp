#include "tests/sso/fake_provider.hpp"

#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/percent.hpp"
#include "hub/core/clock.hpp"
#include "signing/algorithms/digest.hpp"

#include <boost/asio/post.hpp>

namespace katydid::test {

namespace json = boost::json;

std::map<std::string, std::string> fields_of(std::string_view form)
{
    std::map<std::string, std::string> fields;
    while (!form.empty()) {
        const auto end = std::min(form.find('&'), form.size());
        const auto pair = form.substr(0, end);
        const auto equals = std::min(pair.find('='), pair.size());
        const auto value = pair.substr(std::min(equals + 1, pair.size()));
        fields[std::string{pair.substr(0, equals)}]
            = percent_decode(value, PlusSign::space).value_or("");
        form.remove_prefix(std::min(end + 1, form.size()));
    }
    return fields;
}

FakeProvider::FakeProvider()
{
    add_route("GET", "/.well-known/openid-configuration",
              [this](const http::Request&) { return describe(); });
    add_route("GET", "/jwks", [this](const http::Request&) { return keys(); });
    add_route("POST", "/token", [this](const http::Request& request) { return redeem(request); });
    add_route("GET", "/userinfo", [this](const http::Request&) { return userinfo(); });
    const boost::asio::ip::tcp::endpoint any{boost::asio::ip::address_v4::loopback(), 0};
    server_ = std::make_unique<http::Server>(loop_.get_executor(), any, router_,
                                             http::ServerOptions{});
    server_->start();
    issuer_ = "http://127.0.0.1:" + std::to_string(server_->local_endpoint().port());
    thread_ = std::thread{[this] { loop_.run(); }};
}

FakeProvider::~FakeProvider()
{
    boost::asio::co_spawn(loop_, server_->drain(Deadline::after(milliseconds{100})),
                          [](std::exception_ptr) {});
    thread_.join();
}

void FakeProvider::add_route(std::string method, std::string path,
                             std::function<http::Response(const http::Request&)> answer)
{
    http::Route route;
    route.method = std::move(method);
    route.pattern = std::move(path);
    route.handle = [this, answer](http::Request& request) -> awaitable<http::Response> {
        const std::scoped_lock lock{mutex_};
        co_return answer(request);
    };
    router_.add(std::move(route));
}

void FakeProvider::change(const std::function<void(Settings&)>& how)
{
    const std::scoped_lock lock{mutex_};
    how(settings_);
}

FakeProvider::Counts FakeProvider::counts() const
{
    const std::scoped_lock lock{mutex_};
    return counts_;
}

std::string FakeProvider::authorize(const std::map<std::string, std::string>& parameters)
{
    const std::scoped_lock lock{mutex_};
    auto code = "code-" + std::to_string(codes_.size());
    codes_[code] = {parameters.at("nonce"), parameters.at("code_challenge")};
    return code;
}

http::Response FakeProvider::describe() const
{
    json::object said{{"issuer", issuer_},
                      {"authorization_endpoint", issuer_ + "/authorize"},
                      {"token_endpoint", issuer_ + "/token"},
                      {"jwks_uri", issuer_ + "/jwks"},
                      {"userinfo_endpoint", issuer_ + "/userinfo"},
                      {"end_session_endpoint", issuer_ + "/logout?from=hub"},
                      {"authorization_response_iss_parameter_supported", true},
                      {"code_challenge_methods_supported", json::array{"S256"}}};
    for (const auto& member : settings_.metadata) said[member.key()] = member.value();
    return http::Response::json(200, json::serialize(said));
}

http::Response FakeProvider::keys()
{
    ++counts_.key_sets;
    const auto& key = settings_.key.jwk;
    return http::Response::json(200, "{\"keys\":[" + (settings_.publishes_key ? key : "") + "]}");
}

http::Response FakeProvider::redeem(const http::Request& request)
{
    ++counts_.tokens;
    const auto form = fields_of(request.body);
    const auto found = codes_.find(form.at("code"));
    const auto basic = "Basic " + encode(Encoding::base64, "hub:top%3Asecret");
    if (request.header("authorization") != basic)
        return http::Response::json(401, R"({"error":"invalid_client"})");
    const auto proof = encode(
        Encoding::base64url,
        signing::digest(signing::Hash::sha256, form.at("code_verifier")).view());
    if (found == codes_.end() || found->second.challenge != proof)
        return http::Response::json(400, R"({"error":"invalid_grant"})");
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(
        system_clock().now().time_since_epoch());
    json::object claims{{"iss", issuer_},
                        {"aud", "hub"},
                        {"sub", "sub-1"},
                        {"nonce", found->second.nonce},
                        {"iat", now.count()},
                        {"exp", now.count() + 300},
                        {"email", "ada@example.com"},
                        {"email_verified", true}};
    codes_.erase(found);
    for (const auto& member : settings_.claims) {
        if (member.value().is_null()) claims.erase(member.key());
        else claims[member.key()] = member.value();
    }
    const auto token = settings_.sign ? settings_.sign(settings_.key, claims)
                                      : signing::sign_jws(settings_.key, claims);
    const json::object answer{
        {"token_type", "Bearer"}, {"access_token", "at"}, {"id_token", token}};
    return http::Response::json(200, json::serialize(answer));
}

http::Response FakeProvider::userinfo() const
{
    if (settings_.userinfo.empty()) return http::Response::problem(404, "There is nothing.");
    return http::Response::json(200, json::serialize(settings_.userinfo));
}

}  // namespace katydid::test
