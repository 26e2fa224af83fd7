#include "hub/sso/handoff_keys.hpp"

#include "hub/api/access/sealed_token.hpp"

#include <algorithm>

namespace katydid::sso {
namespace {

constexpr std::string_view key_purpose = "katydid handoff key";
constexpr const char* key_kind = "handoff_key";
constexpr milliseconds signs_for = std::chrono::hours{24 * 30};
constexpr milliseconds published_for = std::chrono::hours{24 * 32};
constexpr milliseconds published_before = std::chrono::minutes{10};
constexpr milliseconds set_lifetime = std::chrono::minutes{1};

}  // namespace

awaitable<result<HandoffKeys::KeptKey>> HandoffKeys::make()
{
    KeptKey made{signing::JwsKey::make(), clock_.now()};
    const auto sealed = api::seal_token(vault_, key_purpose,
                                        std::string{made.key.private_key.text()});
    store::Record record{default_tenant(),     key_kind, made.key.kid,
                         "\"" + sealed + "\"", 1,        made.made_at};
    record.is_setting = false;
    record.expires_at = made.made_at + published_for;
    const auto put = co_await records_.put_record(std::move(record));
    if (!put) co_return put.error();
    set_until_ = {};
    co_return made;
}

awaitable<result<std::vector<HandoffKeys::KeptKey>>> HandoffKeys::keys()
{
    auto work = [this] { return read_or_make(); };
    const auto found = co_await reads_.run(0, std::move(work));
    co_return *found;
}

awaitable<result<std::vector<HandoffKeys::KeptKey>>> HandoffKeys::read_or_make()
{
    const auto kept = co_await records_.records(key_kind);
    if (!kept) co_return kept.error();
    const auto now = clock_.now();
    std::vector<KeptKey> keys;
    for (const auto& record : *kept) {
        if (!record.expires_at || now >= *record.expires_at || record.json.size() < 2) continue;
        const auto sealed = std::string_view{record.json}.substr(1, record.json.size() - 2);
        // One that was sealed under a master key of former times is no loss: another is made.
        auto opened = api::open_token(vault_, key_purpose, sealed);
        if (!opened) continue;
        keys.push_back({signing::JwsKey::read(std::move(*opened)), record.updated_at});
    }
    std::ranges::sort(keys, std::greater{}, &KeptKey::made_at);
    if (!keys.empty() && now < keys.front().made_at + signs_for) co_return keys;
    auto made = co_await make();
    if (!made) co_return made.error();
    keys.insert(keys.begin(), std::move(*made));
    co_return keys;
}

awaitable<result<signing::JwsKey>> HandoffKeys::signer()
{
    auto all = co_await keys();
    if (!all) co_return all.error();
    const auto now = clock_.now();
    auto key = std::ranges::find_if(
        *all, [&](const KeptKey& each) { return now >= each.made_at + published_before; });
    // Only new ones: the oldest has been published for longest.
    if (key == all->end()) --key;
    co_return std::move(key->key);
}

awaitable<result<std::string>> HandoffKeys::jwks()
{
    if (clock_.steady_now() < set_until_) co_return set_;
    const auto all = co_await keys();
    if (!all) co_return all.error();
    std::string set;
    for (const auto& each : *all) set += (set.empty() ? "" : ",") + each.key.jwk;
    set_ = "{\"keys\":[" + set + "]}";
    set_until_ = clock_.steady_now() + set_lifetime;
    co_return set_;
}

}  // namespace katydid::sso
