#include "hub/receive/rejected/kept_request.hpp"

#include <charconv>
#include <optional>

namespace katydid::receive {
namespace {

/// Texts one after the other, each after its length: "5:hello". Any byte may be in them.
void append(std::string& out, std::string_view text)
{
    out.append(std::to_string(text.size())).append(":").append(text);
}

std::optional<std::string> take(std::string_view& in)
{
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(in.data(), in.data() + in.size(), size);
    const auto digits = static_cast<std::size_t>(end - in.data());
    if (error != std::errc{} || digits >= in.size() || in[digits] != ':') return std::nullopt;
    in.remove_prefix(digits + 1);
    if (size > in.size()) return std::nullopt;
    std::string text{in.substr(0, size)};
    in.remove_prefix(size);
    return text;
}

std::string joined(const KeptRequest& request)
{
    std::string out;
    out.reserve(request.body.size() + 2048);
    append(out, request.target);
    append(out, request.url);
    append(out, request.body);
    for (const auto& header : request.headers) {
        append(out, header.name);
        append(out, header.value);
    }
    return out;
}

/// The row's own id instead of a key's: the two kinds of rows never share one.
KeyId row_of(const store::Rejected& row) { return KeyId{row.id.bytes()}; }

}  // namespace

void seal(store::Rejected& row, const KeptRequest& request, const signing::Vault& vault)
{
    row.target = request.target.substr(0, request.target.find('?'));
    row.headers.clear();
    row.body_bytes = request.body.size();
    row.body = std::make_shared<const std::string>(
        vault.seal(row.tenant, row_of(row), Secret{joined(request)}));
}

result<KeptRequest> open(const store::Rejected& row, const signing::Vault& vault)
{
    const Error unreadable{errc::corrupt, "The kept request cannot be opened: it was sealed under "
                                          "another master key, or its bytes were changed."};
    if (!row.body) return unreadable;
    const auto opened = vault.open(row.tenant, row_of(row), *row.body);
    if (!opened) return unreadable;
    std::string_view in = opened->text();
    auto target = take(in);
    auto url = take(in);
    auto body = take(in);
    if (!target || !url || !body) return unreadable;
    KeptRequest request{std::move(*target), std::move(*url), {}, std::move(*body)};
    while (!in.empty()) {
        auto name = take(in);
        auto value = take(in);
        if (!name || !value) return unreadable;
        request.headers.push_back({std::move(*name), std::move(*value)});
    }
    return request;
}

}  // namespace katydid::receive
