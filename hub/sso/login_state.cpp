#include "hub/sso/login_state.hpp"

#include "hub/api/access/access.hpp"
#include "hub/api/access/sealed_token.hpp"
#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/random.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::sso {
namespace {

namespace json = boost::json;

constexpr std::string_view state_purpose = "katydid sign-on";
constexpr std::size_t path_bytes_max = 1'024;

std::string random_text() { return encode(Encoding::base64url, random_bytes(32)); }

}  // namespace

LoginState LoginState::begin(std::string return_to, Timestamp now)
{
    return {random_text(), random_text(), random_text(), std::move(return_to), now + lifetime};
}

std::string LoginState::seal(const signing::Vault& vault) const
{
    const json::object object{{"state", state},
                              {"nonce", nonce},
                              {"verifier", verifier},
                              {"return_to", return_to},
                              {"ends_at", ends_at.time_since_epoch().count()}};
    return api::seal_token(vault, state_purpose, json::serialize(object));
}

std::optional<LoginState> LoginState::open(const signing::Vault& vault, std::string_view text,
                                           Timestamp now)
{
    const auto opened = api::open_token(vault, state_purpose, text);
    if (!opened) return std::nullopt;
    const auto object = json::parse(opened->text()).as_object();  // written by seal()
    const auto text_of = [&object](const char* name) {
        return std::string{object.at(name).as_string()};
    };
    LoginState state{text_of("state"), text_of("nonce"), text_of("verifier"), text_of("return_to"),
                     Timestamp{milliseconds{object.at("ends_at").as_int64()}}};
    if (now >= state.ends_at) return std::nullopt;
    return state;
}

std::string LoginState::challenge() const
{
    return encode(Encoding::base64url, api::hash_api_key(verifier));
}

bool is_local_path(std::string_view text) noexcept
{
    if (text.empty() || text.size() > path_bytes_max || text[0] != '/') return false;
    if (text.size() > 1 && text[1] == '/') return false;
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
}

}  // namespace katydid::sso
