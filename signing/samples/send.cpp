#include "signing/samples/send.hpp"

#include "signing/schemes/scheme_data.hpp"
#include "signing/sign.hpp"
#include "signing/verify.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace katydid::signing::samples {
namespace {

/// One character near its end, which no padding hides, becomes another of every alphabet.
void spoil(std::string& signature)
{
    constexpr std::size_t from_end = 6;
    if (signature.empty()) return;
    auto& c = signature[signature.size() - 1 - std::min(from_end, signature.size() - 1)];
    c = c == 'a' ? 'b' : 'a';
}

void spoil_signature(const Scheme& scheme, Sample& sample)
{
    const auto& carrier = scheme.signature.refs.front();
    if (carrier.kind == ValueKind::json) {
        auto document = boost::json::parse(sample.body);
        boost::system::error_code error;
        if (auto* place = document.find_pointer(carrier.name, error);
            place != nullptr && place->is_string()) {
            std::string text{place->get_string()};
            spoil(text);
            *place = text;
        }
        sample.body = boost::json::serialize(document);
        return;
    }
    const auto name = carrier.kind == ValueKind::header ? carrier.name : "Authorization";
    for (auto& header : sample.headers)
        if (equal_names(header.name, name)) spoil(header.value);
}

/// By our own verify(), at the time it is now.
bool is_accepted(const Scheme& scheme, const Sample& sample, const Sender& sender, Timestamp now)
{
    const RequestView request{"POST", "/", sender.url, sample.headers, sample.body};
    return std::holds_alternative<Verified>(verify(scheme, request, sender.keys, now));
}

Error not_noticed(const Scheme& scheme, std::string_view what)
{
    return {errc::invalid_argument, "the scheme " + scheme.name + " does not cover the "
                                        + std::string{what}
                                        + ": a receiver could not notice that it is broken"};
}

}  // namespace

result<Sample> sign_sample(const Scheme& scheme, Sample sample, const Sender& sender)
{
    if (sender.broken == Broken::timestamp && !scheme.timestamp && scheme.builtin != Builtin::sns)
        return not_noticed(scheme, "time");
    const SignInput input{"POST",      sender.url,     sample.id,         {}, sample.content_type,
                          sample.body, sample.headers, sender.private_key};
    if (signs_in_body(scheme)) {
        auto body = sign_body(scheme, input, sender.keys, sender.now);
        if (!body) return body.error();
        sample.body = std::move(*body);
    } else {
        auto signature = sign(scheme, input, sender.keys, sender.now);
        if (!signature) return signature.error();
        for (auto& header : *signature) sample.headers.push_back(std::move(header));
    }
    sample.headers.insert(sample.headers.begin(), {"Content-Type", sample.content_type});
    if (sender.broken == Broken::signature) spoil_signature(scheme, sample);
    if (sender.broken == Broken::body) {
        sample.body += ' ';
        if (sender.private_key.empty() && is_accepted(scheme, sample, sender, sender.now))
            return not_noticed(scheme, "body");
    }
    return sample;
}

}  // namespace katydid::signing::samples
