#include "signing/algorithms/http_signature.hpp"

#include "hub/core/text/text.hpp"
#include "signing/request/parameters.hpp"

#include <algorithm>
#include <charconv>

namespace katydid::signing {
namespace {

constexpr std::size_t components_max = 32;

struct UrlParts {
    std::string_view scheme;
    std::string_view authority;
};

UrlParts split_url(std::string_view url)
{
    const auto mark = url.find("://");
    if (mark == std::string_view::npos) return {};
    const auto rest = url.substr(mark + 3);
    return {url.substr(0, mark), rest.substr(0, rest.find_first_of("/?#"))};
}

/// Lower case, without the scheme's own port (section 2.2.3).
std::string authority_of(const RequestView& request)
{
    const auto parts = split_url(request.public_url);
    std::string authority = lower_case(
        parts.authority.empty() ? header_value(request.headers, "Host") : parts.authority);
    if (parts.scheme == "https" && authority.ends_with(":443"))
        authority.resize(authority.size() - 4);
    if (parts.scheme == "http" && authority.ends_with(":80"))
        authority.resize(authority.size() - 3);
    return authority;
}

std::optional<std::string> derived(const RequestView& request, std::string_view name)
{
    const auto path = request.target.substr(0, request.target.find('?'));
    if (name == "@method") return std::string{request.method};
    if (name == "@target-uri") return std::string{request.public_url};
    if (name == "@authority") return authority_of(request);
    if (name == "@scheme") return lower_case(split_url(request.public_url).scheme);
    if (name == "@request-target") return std::string{request.target};
    if (name == "@path") return std::string{path.empty() ? std::string_view{"/"} : path};
    if (name == "@query") return "?" + std::string{query_of(request.target)};
    return std::nullopt;
}

std::optional<std::string> field_value(const Headers& headers, std::string_view name)
{
    std::optional<std::string> joined;
    for (const auto& header : headers) {
        if (!equal_names(header.name, name)) continue;
        if (joined) joined->append(", ");
        else joined.emplace();
        joined->append(trimmed(header.value));
    }
    return joined;
}

/// `label=("a" "b");created=1;keyid="k"`, as far as this profile goes.
struct SignatureInput {
    std::string_view label;
    std::string_view parameters;  ///< from the parenthesis to the end, as received
    std::vector<std::string_view> components;
    std::optional<std::int64_t> created;
    std::optional<std::int64_t> expires;
    bool has_key_id = false;
    bool is_over_limit = false;  ///< it covers more components than any sender lists
};

/// Takes a quoted string without escapes off the front.
std::optional<std::string_view> take_quoted(std::string_view& text)
{
    if (text.empty() || text.front() != '"') return std::nullopt;
    const auto end = text.find('"', 1);
    if (end == std::string_view::npos) return std::nullopt;
    const auto value = text.substr(1, end - 1);
    if (value.find('\\') != std::string_view::npos) return std::nullopt;
    text.remove_prefix(end + 1);
    return value;
}

std::optional<std::int64_t> take_integer(std::string_view& text)
{
    std::int64_t value = 0;
    const auto digits = text.substr(0, std::min<std::size_t>(text.size(), 12));
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || value < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - digits.data()));
    return value;
}

bool take_components(std::string_view& text, SignatureInput& input)
{
    if (!text.starts_with('(')) return false;
    text.remove_prefix(1);
    while (!text.starts_with(')')) {
        if (text.starts_with(' ')) {
            text.remove_prefix(1);
            continue;
        }
        const auto name = take_quoted(text);
        const bool again = name
                           && std::find(input.components.begin(), input.components.end(), *name)
                                  != input.components.end();
        input.is_over_limit = input.components.size() == components_max;
        if (!name || again || input.is_over_limit) return false;
        input.components.push_back(*name);
        if (!text.starts_with(' ') && !text.starts_with(')')) return false;  // has parameters
    }
    text.remove_prefix(1);
    return true;
}

bool take_parameters(std::string_view& text, SignatureInput& input)
{
    while (text.starts_with(';')) {
        text.remove_prefix(1);
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) return false;
        const auto name = text.substr(0, equals);
        text.remove_prefix(equals + 1);
        if (text.starts_with('"')) {
            const auto value = take_quoted(text);
            if (!value) return false;
            input.has_key_id = input.has_key_id || (name == "keyid" && !value->empty());
        } else {
            const auto value = take_integer(text);
            if (!value) return false;
            auto* const into = name == "created"   ? &input.created
                               : name == "expires" ? &input.expires
                                                   : nullptr;
            if (into != nullptr && *into) return false;  // two readers could see two times
            if (into != nullptr) *into = value;
        }
    }
    return true;
}

/// Reads the next member of the Signature-Input dictionary. False: it cannot be read.
bool take_input(std::string_view& text, SignatureInput& input)
{
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return false;
    input.label = trimmed(text.substr(0, equals));
    text.remove_prefix(equals + 1);
    const auto whole = text;
    if (!take_components(text, input) || !take_parameters(text, input)) return false;
    input.parameters = whole.substr(0, whole.size() - text.size());
    text = trimmed(text);
    if (text.empty()) return true;
    if (text.front() != ',') return false;
    text.remove_prefix(1);
    text = trimmed(text);
    return true;
}

struct SignatureInputs {
    std::vector<SignatureInput> list;
    std::optional<Refusal> refusal;
};

Refusal malformed(std::string why) { return {RefusalReason::signature_malformed, std::move(why)}; }

/// Every member of the dictionary, each label once.
SignatureInputs read_inputs(std::string_view header)
{
    SignatureInputs inputs;
    while (!header.empty()) {
        SignatureInput input;
        const bool is_read = take_input(header, input);
        if (input.is_over_limit || inputs.list.size() == labels_max) {
            inputs.refusal = {RefusalReason::over_limit,
                              "the Signature-Input has more than 4 labels or 32 components"};
            return inputs;
        }
        const auto is_same = [&](const SignatureInput& one) { return one.label == input.label; };
        const bool is_again = std::any_of(inputs.list.begin(), inputs.list.end(), is_same);
        if (is_again) inputs.refusal = malformed("the Signature-Input has a label twice");
        if (!is_read) inputs.refusal = malformed("the Signature-Input cannot be read");
        if (inputs.refusal) return inputs;
        inputs.list.push_back(std::move(input));
    }
    return inputs;
}

/// The bytes between the colons of `label=:…:` in the Signature dictionary; empty: it has no such
/// label, or has it twice.
std::string_view signature_of(std::string_view header, std::string_view label)
{
    std::string_view found;
    while (!header.empty()) {
        const auto item = take_item(header, ",");
        const auto equals = item.find('=');
        if (equals == std::string_view::npos || trimmed(item.substr(0, equals)) != label) continue;
        auto value = item.substr(equals + 1);
        if (!found.empty() || value.size() < 2 || value.front() != ':' || value.back() != ':')
            return {};
        found = value.substr(1, value.size() - 2);
    }
    return found;
}

bool covers(const SignatureInput& input, std::string_view component)
{
    return std::find(input.components.begin(), input.components.end(), component)
           != input.components.end();
}

std::string check_input(const HttpSignatureRule& rule, const SignatureInput& input, Timestamp now,
                        milliseconds tolerance)
{
    for (const auto& needed : rule.covers)
        if (!covers(input, needed)) return "the signature does not cover " + needed;
    if (!input.has_key_id) return "the signature names no keyid";
    if (!input.created) return "the signature does not say when it was created";
    const Timestamp created{milliseconds{*input.created * 1000}};
    const auto seconds = [](milliseconds age) { return std::to_string(age.count() / 1000); };
    const auto past_max = rule.age_max ? std::max(*rule.age_max, tolerance) : milliseconds::max();
    const auto future_max = rule.age_max ? std::max<milliseconds>(past_max, clock_skew_max)
                                         : milliseconds::max();
    if (now - created > past_max)
        return "the timestamp is " + seconds(now - created) + " s old, " + seconds(past_max)
               + " s are allowed";
    if (created - now > future_max)
        return "the timestamp is " + seconds(created - now) + " s in the future";
    if (input.expires && now >= Timestamp{milliseconds{*input.expires * 1000}} + tolerance)
        return "the signature has expired";
    return {};
}

/// Empty when the header holds digests of the body, of each algorithm one at most.
std::string digest_fault(const RequestView& request)
{
    const auto header = field_value(request.headers, "Content-Digest").value_or("");
    std::string_view list = header;
    bool has_sha256 = false;
    bool has_sha512 = false;
    while (!list.empty()) {
        const auto item = take_item(list, ",");
        const bool is_sha256 = item.starts_with("sha-256=");
        if (!is_sha256 && !item.starts_with("sha-512=")) continue;
        bool& is_known = is_sha256 ? has_sha256 : has_sha512;
        if (is_known) return "the Content-Digest has an algorithm twice";
        is_known = true;
        const auto hash = is_sha256 ? Hash::sha256 : Hash::sha512;
        const std::string expected = ":"
                                     + encode(Encoding::base64, digest(hash, request.body).view())
                                     + ":";
        if (!equal_bytes(item.substr(8), expected)) return "the Content-Digest is not the body's";
    }
    if (has_sha256 || has_sha512) return {};
    return "the Content-Digest has neither sha-256 nor sha-512";
}

std::optional<std::string> signature_base(const RequestView& request, const SignatureInput& input)
{
    std::string base;
    for (const auto component : input.components) {
        const auto line = component_line(request, component);
        if (!line) return std::nullopt;
        base.append(*line).append("\n");
    }
    return base.append("\"@signature-params\": ").append(input.parameters);
}

}  // namespace

std::optional<std::string> component_line(const RequestView& request, std::string_view component)
{
    if (component != lower_case(component)) return std::nullopt;
    const auto value = component.starts_with('@') ? derived(request, component)
                                                  : field_value(request.headers, component);
    if (!value) return std::nullopt;
    return "\"" + std::string{component} + "\": " + *value;
}

std::string content_digest(std::string_view body)
{
    return "sha-256=:" + encode(Encoding::base64, digest(Hash::sha256, body).view()) + ":";
}

BuiltinMessages http_signature_messages(RequestValues& values, Candidates& candidates,
                                        Timestamp now)
{
    const auto& request = values.request();
    const auto header = header_value(request.headers, "Signature-Input");
    const auto signatures = header_value(request.headers, "Signature");
    candidates.size = 0;
    if (header.empty())
        return builtin_refusal(RefusalReason::signature_missing,
                               "there is no header Signature-Input");
    if (count_headers(request.headers, "Signature-Input") > 1)
        return builtin_refusal(RefusalReason::signature_duplicated,
                               "there is more than one header Signature-Input");
    if (header.size() > signature_header_bytes_max)
        return builtin_refusal(RefusalReason::over_limit, "the Signature-Input is far too long");
    const auto inputs = read_inputs(header);
    if (inputs.refusal) return builtin_refusal(inputs.refusal->reason, inputs.refusal->diagnosis);
    BuiltinMessages made;
    made.each_has_its_own = true;
    std::optional<std::string> digest_is_wrong;  // the body is hashed once for all labels
    std::string why;
    for (const auto& input : inputs.list) {
        why = check_input(values.scheme().http_signature, input, now, request.expected.tolerance);
        if (why.empty() && covers(input, "content-digest")) {
            if (!digest_is_wrong) digest_is_wrong = digest_fault(request);
            why = *digest_is_wrong;
        }
        if (!why.empty()) continue;
        const auto signature = signature_of(signatures, input.label);
        auto base = signature_base(request, input);
        if (!base || signature.empty()) {
            why = base ? "the Signature has no such label" : "a covered component is absent";
            continue;
        }
        candidates.items[candidates.size++] = {{}, signature};
        made.messages.push_back(std::move(*base));
    }
    if (made.messages.empty()) {
        const auto reason = why.ends_with("in the future")     ? RefusalReason::timestamp_future
                            : why.starts_with("the timestamp") ? RefusalReason::timestamp_old
                                                               : RefusalReason::signature_malformed;
        return builtin_refusal(reason, why);
    }
    return made;
}

}  // namespace katydid::signing
