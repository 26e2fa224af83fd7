#include "hub/registry/sealed_headers.hpp"

#include "hub/core/codec/encoding.hpp"

#include <boost/json.hpp>

namespace katydid::registry {
namespace {

namespace json = boost::json;

/// The row's own id instead of a key's: the two kinds of rows never share one.
KeyId row_of(const Subscription& subscription) { return KeyId{subscription.id.bytes()}; }

std::string bytes_of(const Subscription& row)
{
    return decode(Encoding::base64, row.handler.sealed_headers).value_or("");
}

}  // namespace

Subscription seal_headers(Subscription subscription, const signing::Vault& vault)
{
    auto& handler = subscription.handler;
    handler.sealed_headers.clear();
    if (handler.headers.empty()) return subscription;
    json::array list;
    for (const auto& [name, value] : handler.headers) list.push_back(json::array{name, value});
    const signing::Secret text{json::serialize(list)};
    handler.sealed_headers = encode(Encoding::base64,
                                    vault.seal(subscription.tenant, row_of(subscription), text));
    handler.headers.clear();
    return subscription;
}

result<void> open_headers(Subscription& row, const signing::Vault& vault)
{
    if (row.handler.sealed_headers.empty()) return {};
    const auto text = vault.open(row.tenant, row_of(row), bytes_of(row));
    if (!text) return text.error();
    json::parse_options options;
    options.allow_invalid_utf8 = true;  // a header's value may hold any byte beyond ASCII
    const auto list = json::parse(text->text(), {}, options);
    for (const auto& pair : list.as_array())
        row.handler.headers.push_back(
            {std::string{pair.at(0).as_string()}, std::string{pair.at(1).as_string()}});
    row.handler.sealed_headers.clear();
    return {};
}

bool needs_sealing(const Subscription& row, const signing::Vault& vault)
{
    if (row.handler.sealed_headers.empty()) return !row.handler.headers.empty();
    return vault.needs_reseal(bytes_of(row));
}

bool knows_master_key(const Subscription& row, const signing::Vault& vault)
{
    return row.handler.sealed_headers.empty() || vault.knows_master_key(bytes_of(row));
}

}  // namespace katydid::registry
