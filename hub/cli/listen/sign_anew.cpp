#include "hub/cli/listen/sign_anew.hpp"

#include "signing/sign.hpp"

namespace katydid::cli {

result<Webhook> sign_anew(Webhook webhook, const signing::Scheme& scheme, const std::string& secret,
                          const std::string& url, Timestamp now)
{
    signing::Key key;
    key.secret = Secret{secret};
    signing::KeyRing keys;
    keys.keys.push_back(std::move(key));
    auto id = header_value(webhook.headers, "webhook-id");
    if (id.empty()) id = header_value(webhook.headers, "svix-id");
    const signing::SignInput input{
        "POST",         url, id, {}, header_value(webhook.headers, "content-type"), webhook.payload,
        webhook.headers};
    if (signing::signs_in_body(scheme)) {
        auto body = signing::sign_body(scheme, input, keys, now);
        if (!body) return body.error();
        webhook.payload = std::move(*body);
        return webhook;
    }
    auto signature = signing::sign(scheme, input, keys, now);
    if (!signature) return signature.error();
    for (auto& header : *signature) {
        std::erase_if(webhook.headers,
                      [&](const Header& each) { return equal_names(each.name, header.name); });
        webhook.headers.push_back(std::move(header));
    }
    return webhook;
}

}  // namespace katydid::cli
