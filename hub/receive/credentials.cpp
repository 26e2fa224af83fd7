#include "hub/receive/credentials.hpp"

#include "hub/core/json/rewrite.hpp"
#include "hub/core/json/scan.hpp"
#include "hub/core/codec/percent.hpp"
#include "hub/core/codec/encoding.hpp"

#include <algorithm>
#include <array>

namespace katydid::receive {
namespace {

/// Shorter texts are found by chance.
constexpr std::size_t found_bytes_min = 8;
constexpr std::string_view hidden = "(hidden)";

/// Whether the text tells a secret: as it is, in base64 or percent-encoded.
bool tells(std::string_view text, std::string_view secret)
{
    if (secret.empty()) return false;
    if (text == secret) return true;
    if (secret.size() < found_bytes_min) return false;
    return text.find(secret) != std::string_view::npos
           || text.find(encode(Encoding::base64, secret)) != std::string_view::npos;
}

class Credentials {
public:
    explicit Credentials(const registry::SourceEntry& source) : Credentials{&source} {}
    explicit Credentials(const registry::SourceEntry* source) : source_{source}
    {
        if (source == nullptr || !source->keys
            || std::ranges::none_of(source->traits, &signing::SchemeTraits::has_token))
            return;
        for (const auto& key : source->keys->keys)
            if (!key.secret.empty()) tokens_.push_back(key.secret.text());
    }

    [[nodiscard]] bool are_in(const Header& header) const
    {
        if (is_credential(source_, header.name)) return true;
        if (tokens_.empty()) return false;
        const auto decoded = percent_decode(header.value);
        return std::ranges::any_of(tokens_, [&](std::string_view token) {
            return tells(header.value, token) || (decoded && tells(*decoded, token));
        });
    }

    /// The body without them; nullopt when there are none in it.
    [[nodiscard]] std::optional<std::string> without(std::string_view body,
                                                     std::string_view content_type) const
    {
        if (tokens_.empty()) return std::nullopt;
        constexpr std::string_view json_begins = "{[\"";
        const char first = json_text::Cursor{json_text::without_mark(body)}.peek();
        const bool is_json = json_begins.find(first) != std::string_view::npos;
        const bool is_form = content_type.starts_with("application/x-www-form-urlencoded");
        // What a body is said to be need not be what the scheme reads in it.
        auto fields = is_json && !is_form ? std::nullopt : without_fields(body);
        const std::string_view rest = fields ? std::string_view{*fields} : body;
        auto text = is_json   ? json_text::without_texts(rest, tokens_)
                    : is_form ? std::nullopt
                              : without_words(rest);
        return text ? text : fields;
    }

private:
    [[nodiscard]] std::optional<std::string> without_fields(std::string_view form) const
    {
        std::string kept;
        bool is_changed = false;
        while (!form.empty()) {
            const auto end = std::min(form.find('&'), form.size());
            const auto field = form.substr(0, end);
            const auto equals = std::min(field.find('='), field.size());
            const auto value = field.substr(std::min(equals + 1, field.size()));
            const auto text = percent_decode(value, PlusSign::space).value_or(std::string{value});
            const bool is_one = std::ranges::find(tokens_, text) != tokens_.end();
            is_changed = is_changed || is_one;
            if (!is_one) kept.append(kept.empty() ? "" : "&").append(field);
            form.remove_prefix(std::min(end + 1, form.size()));
        }
        if (!is_changed) return std::nullopt;
        return kept;
    }

    /// Of a text of any kind, wherever they stand in it.
    [[nodiscard]] std::optional<std::string> without_words(std::string_view text) const
    {
        std::optional<std::string> out;
        for (const auto token : tokens_) {
            if (token.size() < found_bytes_min) continue;
            const std::string_view in = out ? std::string_view{*out} : text;
            for (auto at = in.find(token); at != std::string_view::npos;
                 at = out->find(token, at + hidden.size())) {
                if (!out) out.emplace(text);
                out->replace(at, token.size(), hidden);
            }
        }
        return out;
    }

    const registry::SourceEntry* source_;
    std::vector<std::string_view> tokens_;
};

}  // namespace

bool is_credential(const registry::SourceEntry* source, std::string_view header)
{
    constexpr std::array<std::string_view, 3> always{"authorization", "proxy-authorization",
                                                     "cookie"};
    const auto is_named = [header](std::string_view other) {
        return header.size() == other.size() && equal_names(header, other);
    };
    if (std::ranges::any_of(always, is_named)) return true;
    if (source == nullptr) return false;
    return std::ranges::any_of(source->traits, [&](const signing::SchemeTraits& traits) {
        return std::ranges::any_of(traits.credential_headers, is_named);
    });
}

bool take_out_credentials(const registry::SourceEntry& source, Headers& headers, std::string& body)
{
    const Credentials credentials{source};
    auto without = credentials.without(body, header_value(headers, "content-type"));
    std::erase_if(headers, [&](const Header& header) { return credentials.are_in(header); });
    if (!without) return false;
    body = std::move(*without);
    return true;
}

void hide_credentials(const registry::SourceEntry* source, Headers& headers, std::string& body)
{
    const Credentials credentials{source};
    auto without = credentials.without(body, header_value(headers, "content-type"));
    for (auto& header : headers)
        if (credentials.are_in(header)) header.value = hidden;
    if (without) body = std::move(*without);
}

}  // namespace katydid::receive
