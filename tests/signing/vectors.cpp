#include "tests/signing/vectors.hpp"

namespace katydid::signing::test {
namespace {

std::string replaced(std::string text, std::string_view with)
{
    const auto place = text.find('$');
    if (place != std::string::npos) text.replace(place, 1, with);
    return text;
}

Verdict verdict(const Vector& vector, const Request& request, std::int64_t at = vector_time,
                std::string_view secret = {})
{
    const KeyRing keys = ring(
        {std::string{secret.empty() ? std::string_view{vector.secret} : secret}});
    return verify(*scheme(vector.scheme), request.view(), keys, at_unix(at), vector.remote_key);
}

void check_accepted(const Vector& vector)
{
    const Verified verified = accepted(verdict(vector, vector.request(vector.signature)));
    BOOST_TEST(verified.event_type == vector.type);
    BOOST_TEST(verified.event_id == vector.id);
    BOOST_TEST((verified.key == key_id(1)));
    // The right key counts wherever it stands in the ring.
    const auto second = accepted(verify(
        *scheme(vector.scheme), vector.request(vector.signature).view(),
        ring({vector.other_secret, vector.secret}), at_unix(vector_time), vector.remote_key));
    BOOST_TEST((second.key == key_id(2)));
}

void check_other_secret(const Vector& vector)
{
    check_refused(
        verdict(vector, vector.request(vector.signature), vector_time, vector.other_secret),
        RefusalReason::signature_wrong);
    check_refused(verify(*scheme(vector.scheme), vector.request(vector.signature).view(), KeyRing{},
                         at_unix(vector_time), vector.remote_key),
                  vector.scheme == "aws-sns" ? RefusalReason::signature_wrong
                                             : RefusalReason::no_active_key);
}

void check_changed_body(const Vector& vector)
{
    if (!vector.body_is_signed) return;
    Request request = vector.request(vector.signature);
    for (const std::size_t at :
         {std::size_t{0}, request.body.size() / 2, request.body.size() - 1}) {
        Request changed = request;
        changed.body[at] = static_cast<char>(changed.body[at] ^ 1);
        BOOST_TEST(reason_of(verdict(vector, changed)).has_value(), "bit flipped at " << at);
    }
    Request longer = request;
    longer.body += '\n';
    if (!vector.header_name.empty() && vector.scheme != "twilio" && vector.scheme != "mandrill"
        && vector.scheme != "braintree")
        check_refused(verdict(vector, longer), RefusalReason::signature_wrong);
}

void check_time(const Vector& vector)
{
    const Request request = vector.request(vector.signature);
    if (vector.past_max) {
        BOOST_TEST(
            !reason_of(verdict(vector, request, vector_time + *vector.past_max)).has_value());
        check_refused(verdict(vector, request, vector_time + *vector.past_max + 1),
                      RefusalReason::timestamp_old);
    }
    if (vector.future_max) {
        BOOST_TEST(
            !reason_of(verdict(vector, request, vector_time - *vector.future_max)).has_value());
        check_refused(verdict(vector, request, vector_time - *vector.future_max - 1),
                      RefusalReason::timestamp_future);
    }
}

void check_header(const Vector& vector)
{
    if (vector.header_name.empty()) return;
    Request request = vector.request(vector.signature);
    request.headers.push_back({vector.header_name, request.headers.back().value});
    check_refused(verdict(vector, request), RefusalReason::signature_duplicated);
    request.headers = without(request.headers, vector.header_name);
    check_refused(verdict(vector, request), RefusalReason::signature_missing);
    request.headers.push_back({vector.header_name, ""});
    check_refused(verdict(vector, request), RefusalReason::signature_missing);
}

void check_signature_text(const Vector& vector)
{
    const auto refused = [&](const std::string& text) {
        const auto reason = reason_of(verdict(vector, vector.request(text)));
        BOOST_TEST(reason.has_value(), "accepted with the signature " << text);
    };
    if (!vector.reencoded.empty()) refused(vector.reencoded);
    refused("");
    refused(vector.signature.substr(1));
    refused(vector.signature + "A");
    refused(vector.signature.substr(0, vector.signature.size() / 2));
    refused(std::string(20'000, 'a'));
    std::string changed = vector.signature;
    changed[changed.size() / 2] = changed[changed.size() / 2] == '1' ? '2' : '1';
    refused(changed);
}

}  // namespace

Request Vector::request(std::string_view signature_text) const
{
    Request made;
    made.method = method;
    made.target = replaced(target, signature_text);
    made.url = url;
    made.headers = headers;
    made.expected.principal = principal;
    made.body = replaced(body, signature_text);
    if (!header_name.empty())
        made.headers.push_back({header_name, replaced(header, signature_text)});
    return made;
}

void check_vector(const Vector& vector)
{
    BOOST_TEST_CONTEXT(vector.scheme)
    {
        check_accepted(vector);
        check_other_secret(vector);
        check_changed_body(vector);
        check_time(vector);
        check_header(vector);
        check_signature_text(vector);
    }
}

}  // namespace katydid::signing::test
