#include "signing/schemes/scheme_loader.hpp"

#include "hub/core/text/text.hpp"
#include "signing/schemes/scheme_check.hpp"
#include "signing/schemes/value_refs.hpp"
#include "signing/schemes/toml_reader.hpp"

#include <algorithm>
#include <sstream>

namespace katydid::signing {
namespace {

constexpr NameTable<Encoding, 4> encodings{{
    {Encoding::text, "text"},
    {Encoding::hex, "hex"},
    {Encoding::base64, "base64"},
    {Encoding::base64url, "base64url"},
}};

constexpr NameTable<Encoding, 4> key_encodings{{
    {Encoding::text, "utf8"},
    {Encoding::hex, "hex"},
    {Encoding::base64, "base64"},
    {Encoding::base64url, "base64url"},
}};

constexpr NameTable<KeyFormat, 3> key_formats{
    {{KeyFormat::raw, "raw"}, {KeyFormat::spki, "spki"}, {KeyFormat::jwk, "jwk"}}};

constexpr NameTable<TimeFormat, 5> time_formats{{
    {TimeFormat::unix_s, "unix"},
    {TimeFormat::unix_ms, "unix-ms"},
    {TimeFormat::unix_any, "unix-or-ms"},
    {TimeFormat::rfc3339, "rfc3339"},
    {TimeFormat::http_date, "http-date"},
}};

constexpr NameTable<BodyFormat, 2> body_formats{
    {{BodyFormat::json, "json"}, {BodyFormat::any, "any"}}};

constexpr NameTable<Builtin, 6> builtins{{
    {Builtin::none, "none"},
    {Builtin::twilio, "twilio"},
    {Builtin::contentful, "contentful"},
    {Builtin::sns, "sns"},
    {Builtin::adyen, "adyen"},
    {Builtin::rfc9421, "rfc9421"},
}};

constexpr NameTable<RemoteKeyRule::Kind, 2> remote_kinds{
    {{RemoteKeyRule::Kind::certificate, "certificate"}, {RemoteKeyRule::Kind::jwks, "jwks"}}};

struct AlgorithmInfo {
    std::string_view name;
    Algorithm algorithm;
    Hash hash;
};

constexpr std::array<AlgorithmInfo, 11> algorithms{{
    {"hmac-sha1", Algorithm::hmac, Hash::sha1},
    {"hmac-sha256", Algorithm::hmac, Hash::sha256},
    {"hmac-sha384", Algorithm::hmac, Hash::sha384},
    {"hmac-sha512", Algorithm::hmac, Hash::sha512},
    {"sha256", Algorithm::hash, Hash::sha256},
    {"ed25519", Algorithm::ed25519, Hash::sha512},
    {"ecdsa-p256", Algorithm::ecdsa_p256, Hash::sha256},
    {"rsa-sha1", Algorithm::rsa, Hash::sha1},
    {"rsa-sha256", Algorithm::rsa, Hash::sha256},
    {"token", Algorithm::token, Hash::sha256},
    {"jwt", Algorithm::jwt, Hash::sha256},
}};

/// One of a table's names, or the value given for an absent key.
template <class Enum, std::size_t N>
Enum choice(const TomlReader& reader, std::string_view key, const NameTable<Enum, N>& table,
            Enum otherwise)
{
    if (!reader.has(key)) return otherwise;
    const auto value = value_of(table, reader.text(key));
    if (value) return *value;
    std::string known;
    for (const auto& [candidate, name] : table)
        known.append(known.empty() ? "" : ", ").append(name);
    reader.refuse(key, "unknown value \"" + reader.text(key) + "\"; known are " + known);
}

void read_algorithm(const TomlReader& reader, Method& method)
{
    if (!reader.has("algorithm")) return;
    const std::string name = reader.text("algorithm");
    for (const auto& info : algorithms) {
        if (info.name != name) continue;
        method.algorithm = info.algorithm;
        method.hash = info.hash;
        return;
    }
    reader.refuse("algorithm", "unknown algorithm \"" + name + "\"");
}

void read_key(const TomlReader& parent, KeyRule& rule)
{
    const auto reader = parent.table("key");
    if (!reader) return;
    reader->allow_only({"strip", "required_prefix", "decode", "derive", "format"});
    rule.prefix_required = reader->has("required_prefix");
    rule.prefixes = reader->texts(rule.prefix_required ? "required_prefix" : "strip");
    rule.decode = choice(*reader, "decode", key_encodings, rule.decode);
    rule.format = choice(*reader, "format", key_formats, rule.format);
    const std::string derive = reader->text("derive", "none");
    if (derive != "none" && derive != "sha1") reader->refuse("derive", "must be none or sha1");
    rule.derive_sha1 = derive == "sha1";
}

void read_signature(const TomlReader& parent, Scheme& scheme, Method& method)
{
    const auto reader = parent.table("signature");
    if (!reader) return;
    reader->allow_only(
        {"from", "all", "items", "pair", "field", "position", "prefix", "encoding", "ecdsa"});
    auto& rule = scheme.signature;
    rule.refs = reader->refs("from");
    rule.all_sources = reader->flag("all", false);
    rule.items = reader->text("items");
    rule.pair = reader->text("pair");
    rule.prefix = reader->text("prefix");
    if (const auto position = reader->number("position"))
        rule.position = static_cast<std::size_t>(*position);
    method.field = reader->text("field");
    method.encoding = choice(*reader, "encoding", encodings, Encoding::hex);
    const std::string form = reader->text("ecdsa", "der");
    if (form != "der" && form != "raw") reader->refuse("ecdsa", "must be der or raw");
    method.raw_ecdsa = form == "raw";
}

void read_methods(const TomlReader& reader, Scheme& scheme)
{
    Method base;
    read_signature(reader, scheme, base);
    read_algorithm(reader, base);
    read_key(reader, base.key);
    const auto tables = reader.tables("method");
    if (tables.empty()) {
        if (reader.has("algorithm")) scheme.methods.push_back(std::move(base));
        return;
    }
    for (const auto& table : tables) {
        table.allow_only({"field", "algorithm", "encoding", "key"});
        Method method = base;
        method.field = table.text("field", base.field);
        method.encoding = choice(table, "encoding", encodings, base.encoding);
        read_algorithm(table, method);
        read_key(table, method.key);
        scheme.methods.push_back(std::move(method));
    }
}

void read_timestamp(const TomlReader& parent, Scheme& scheme)
{
    const auto reader = parent.table("timestamp");
    if (!reader) return;
    reader->allow_only({"from", "format", "tolerance", "past", "future", "required"});
    TimestampRule rule;
    rule.refs = reader->refs("from");
    rule.format = choice(*reader, "format", time_formats, TimeFormat::unix_s);
    const std::string both = reader->text("tolerance", "5m");
    rule.past_max = reader->duration("past", both);
    rule.future_max = reader->duration("future", both);
    if (rule.future_max) rule.future_max = std::max<milliseconds>(*rule.future_max, clock_skew_max);
    rule.required = reader->flag("required", true);
    scheme.timestamp = std::move(rule);
}

HandshakeRule::Condition read_condition(const TomlReader& reader, const std::string& text)
{
    HandshakeRule::Condition condition;
    const auto equals = text.find('=');
    auto ref = parse_value_ref(std::string_view{text}.substr(0, equals));
    if (!ref) reader.refuse("when", ref.error().message);
    condition.ref = std::move(*ref);
    if (equals == std::string::npos) return condition;
    condition.equals = text.substr(equals + 1);
    condition.equals_secret = *condition.equals == "{secret}";
    condition.equals_verify_token = *condition.equals == "{verify_token}";
    return condition;
}

/// Whether it may be that status is the check's (scheme_check.cpp).
unsigned read_status(const TomlReader& reader, unsigned otherwise)
{
    const auto status = reader.number("status").value_or(otherwise);
    if (status > 599) reader.refuse("status", "must be a status of HTTP");
    return static_cast<unsigned>(status);
}

HandshakeRule read_handshake(const TomlReader& reader)
{
    reader.allow_only(
        {"method", "when", "signed", "key", "visit", "status", "content_type", "headers", "body"});
    HandshakeRule rule;
    rule.method = reader.text("method", "POST");
    for (const auto& text : reader.texts("when"))
        rule.conditions.push_back(read_condition(reader, text));
    rule.is_signed = reader.flag("signed", false);
    rule.key = reader.refs("key");
    rule.stores_key = !rule.key.empty();
    if (const auto visit = reader.refs("visit"); !visit.empty()) rule.visit = visit.front();
    rule.status = read_status(reader, 200);
    rule.content_type = reader.text("content_type");
    rule.body = reader.text_template("body");
    rule.body_is_json = rule.content_type.starts_with("application/json");
    if (const auto headers = reader.table("headers")) {
        for (const auto& [key, node] : headers->raw())
            rule.headers.emplace_back(std::string{key.str()}, headers->text_template(key.str()));
    }
    return rule;
}

bool tells_mac(const HandshakeRule& rule)
{
    return std::any_of(rule.body.begin(), rule.body.end(),
                       [](const ValueRef& ref) { return is_keyed(ref.transform); });
}

Response read_response(const TomlReader& parent, std::string_view key)
{
    const auto reader = parent.table(key);
    if (!reader) return {};
    reader->allow_only({"status", "body"});
    Response response;
    response.status = read_status(*reader, 0);
    if (reader->has("body")) response.body = reader->text("body");
    return response;
}

void read_jwt(const TomlReader& parent, JwtRule& rule)
{
    const auto reader = parent.table("jwt");
    if (!reader) return;
    reader->allow_only({"algorithm", "body_claim", "body_encoding", "claims", "age", "principal"});
    rule.algorithm = reader->text("algorithm");
    rule.body_claim = reader->text("body_claim");
    rule.body_encoding = choice(*reader, "body_encoding", encodings, Encoding::hex);
    rule.age_max = reader->duration("age", "none");
    rule.principal = reader->text("principal");
    if (const auto claims = reader->table("claims"))
        for (const auto& [key, node] : claims->raw())
            rule.claims.emplace_back(std::string{key.str()}, claims->text(key.str()));
}

void read_http_signature(const TomlReader& parent, HttpSignatureRule& rule)
{
    const auto reader = parent.table("http_signature");
    if (!reader) return;
    reader->allow_only({"covers", "tolerance"});
    rule.covers = reader->texts("covers");
    rule.age_max = reader->duration("tolerance", "5m");
}

void read_batch(const TomlReader& parent, Scheme& scheme)
{
    const auto reader = parent.table("batch");
    if (!reader) return;
    reader->allow_only({"items", "media_type", "type", "id"});
    BatchRule rule;
    rule.items = reader->text("items");
    rule.media_type = reader->text("media_type");
    rule.types = reader->texts("type");
    for (const auto& text : reader->texts("id")) {
        auto ref = parse_value_ref("json:" + text);
        if (!ref) reader->refuse("id", ref.error().message);
        rule.ids.push_back(std::move(*ref));
    }
    scheme.batch = std::move(rule);
}

void read_remote_key(const TomlReader& parent, RemoteKeyRule& rule)
{
    const auto reader = parent.table("remote_key");
    if (!reader) return;
    reader->allow_only({"kind", "url", "host", "path_suffix", "chain"});
    rule.kind = choice(*reader, "kind", remote_kinds, RemoteKeyRule::Kind::none);
    const auto refs = reader->refs("url");
    if (!refs.empty()) rule.url = refs.front();
    rule.host_pattern = reader->text("host");
    rule.path_suffix = reader->text("path_suffix");
    rule.chain = reader->flag("chain", false);
}

std::string written(const toml::table& table)
{
    std::ostringstream out;
    out << table << '\n';
    return out.str();
}

/// Settings and documents write a scheme as [schemes.NAME]; a text that has nothing else is taken
/// as well. Of several the one of that name counts.
const toml::table& description_in(const toml::table& root, std::string_view name)
{
    const auto* schemes = root["schemes"].as_table();
    if (schemes == nullptr || root.size() != 1 || schemes->empty()) return root;
    const auto* found = schemes->get(name);
    if (found == nullptr && schemes->size() == 1) found = &schemes->begin()->second;
    if (found == nullptr)
        throw Failure{
            Error{errc::invalid_argument, std::string{name}
                                              + ": the text has several [schemes.NAME], and none "
                                                "of this name"}};
    return found->is_table() ? *found->as_table() : root;
}

}  // namespace

toml::table merged(const toml::table& base, const toml::table& derived)
{
    toml::table out = base;
    for (const auto& [key, node] : derived) {
        const toml::table* under = out[key.str()].as_table();
        const toml::table* over = node.as_table();
        if (under != nullptr && over != nullptr)
            out.insert_or_assign(key.str(), merged(*under, *over));
        else out.insert_or_assign(key.str(), node);
    }
    return out;
}

SchemePtr compile_scheme(std::string_view name, const toml::table& description)
{
    const TomlReader given{description, std::string{name}};
    toml::table whole = description;
    if (given.has("extends")) {
        const toml::table* const base = find_description(given.text("extends"));
        if (base == nullptr)
            given.refuse("extends",
                         "there is no scheme \"" + given.text("extends") + "\" in the catalog");
        if (base->contains("extends"))
            given.refuse("extends", "must name a scheme that extends none");
        whole = merged(*base, description);
        whole.erase("extends");
    }
    const TomlReader reader{whole, std::string{name}};
    reader.allow_only({"title",      "algorithm",    "signature", "key",       "method",
                       "message",    "timestamp",    "type",      "id",        "subject",
                       "id_refuses", "body",         "builtin",   "jwt",       "http_signature",
                       "remote_key", "handshake",    "accepted",  "duplicate", "rejected",
                       "batch",      "issues_secret"});
    auto scheme = std::make_shared<Scheme>();
    scheme->name = name;
    scheme->title = reader.text("title", name);
    scheme->toml = written(whole);
    scheme->issues_secret = reader.flag("issues_secret", false);
    scheme->builtin = choice(reader, "builtin", builtins, Builtin::none);
    read_methods(reader, *scheme);
    scheme->message = reader.text_template("message");
    read_timestamp(reader, *scheme);
    scheme->type = reader.refs("type");
    scheme->id = reader.refs("id");
    scheme->subject = reader.refs("subject");
    scheme->id_refuses = reader.text("id_refuses");
    read_batch(reader, *scheme);
    scheme->body = choice(reader, "body", body_formats, BodyFormat::json);
    read_jwt(reader, scheme->jwt);
    read_http_signature(reader, scheme->http_signature);
    read_remote_key(reader, scheme->remote_key);
    for (const auto& table : reader.tables("handshake"))
        scheme->handshakes.push_back(read_handshake(table));
    scheme->answers_with_mac = std::any_of(scheme->handshakes.begin(), scheme->handshakes.end(),
                                           tells_mac);
    scheme->accepted = read_response(reader, "accepted");
    scheme->duplicate = read_response(reader, "duplicate");
    scheme->rejected = read_response(reader, "rejected");
    check_scheme(*scheme);
    return scheme;
}

result<SchemePtr> load_scheme(std::string_view name, std::string_view toml)
{
    constexpr std::size_t description_bytes_max = 64 * 1024;
    if (toml.size() > description_bytes_max)
        return Error{errc::too_large, std::string{name} + ": a scheme is at most 64 KB of TOML"};
    try {
        const auto root = toml::parse(toml);
        return compile_scheme(name, description_in(root, name));
    } catch (const toml::parse_error& error) {
        return Error{errc::invalid_argument, std::string{name} + ": line "
                                                 + std::to_string(error.source().begin.line) + ": "
                                                 + std::string{error.description()}};
    } catch (const Failure& failure) {
        return failure.error();
    }
}

}  // namespace katydid::signing
