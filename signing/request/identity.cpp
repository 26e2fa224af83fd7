#include "signing/request/identity.hpp"

#include "hub/core/text/text.hpp"
#include "signing/request/batch.hpp"

#include <algorithm>

namespace katydid::signing {
namespace {

struct Found {
    std::string text;  ///< empty: it is nowhere
    bool is_unsigned = false;
};

class Identifier {
public:
    Identifier(RequestValues& values, std::string_view signed_text)
        : values_{values},
          scheme_{values.scheme()},
          coverage_{values, signed_text},
          signed_text_{signed_text}
    {}

    Verdict run()
    {
        Verified verified;
        auto type = look_up(scheme_.type);
        verified.event_type = std::move(type.text);
        verified.type_unsigned = type.is_unsigned;
        auto id = look_up(scheme_.id);
        if (id.text.empty()) id = id_of_batch();
        verified.event_id = std::move(id.text);
        verified.id_unsigned = id.is_unsigned;
        for (const auto& ref : scheme_.subject)
            if (verified.subject.empty()) verified.subject = text_of(ref);
        if (looked_inside_ && scheme_.body == BodyFormat::json && !values_.is_json())
            return Refusal{
                RefusalReason::body_malformed,
                "the signature is good, but the body is not the JSON that this scheme sends"};
        verified.body_unsigned = !coverage_.covers_body();
        if (verified.event_id.empty() || verified.id_unsigned || scheme_.batch) {
            verified.request_hash = hash_of_request();
            verified.time_signed = coverage_.covers_time();
        }
        return verified;
    }

private:
    Found look_up(const ValueRefs& refs)
    {
        for (const bool is_unsigned : {false, true}) {
            for (const auto& ref : refs) {
                if (coverage_.covers(ref) == is_unsigned) continue;
                auto text = text_of(ref);
                if (!text.empty()) return {std::move(text), is_unsigned};
            }
        }
        return {};
    }

    std::string text_of(const ValueRef& ref)
    {
        if (ref.kind == ValueKind::json || ref.kind == ValueKind::json_key) looked_inside_ = true;
        const auto value = values_.value(ref);
        if (!value || value->empty() || ref.scope.empty())
            return std::string{value.value_or(std::string_view{})};
        const auto scope = values_.value(ref.scope.front());
        if (!scope || scope->empty()) return {};
        return scoped_id(*scope, *value);
    }

    /// The ids of all events in the body, so that it comes again only if all of it does. Their
    /// order says nothing.
    Found id_of_batch()
    {
        if (!scheme_.batch || scheme_.batch->ids.empty()) return {};
        const auto items = read_batch(scheme_, values_.request().headers, values_.content());
        if (!items) return {};
        std::vector<std::string_view> ids;
        for (const auto& item : *items) {
            if (item.id.empty()) return {};
            ids.push_back(item.id);
        }
        std::ranges::sort(ids);
        const auto repeated = std::ranges::unique(ids);
        ids.erase(repeated.begin(), repeated.end());
        const bool is_unsigned = !coverage_.covers_body();
        if (ids.size() == 1) return {std::string{ids.front()}, is_unsigned};
        std::string text;
        for (const auto id : ids) text.append(std::to_string(id.size())).append(":").append(id);
        return {"batch-" + sha256_hex(text), is_unsigned};
    }

    /// Of what the signature covers; of the whole body where it covers nothing.
    Digest hash_of_request()
    {
        if (!signed_text_.empty()) return digest(Hash::sha256, signed_text_);
        if (!scheme_.message.empty())
            if (const auto message = values_.message(scheme_.message))
                return digest(Hash::sha256, message->view());
        return digest(Hash::sha256, values_.request().body);
    }

    RequestValues& values_;
    const Scheme& scheme_;
    Coverage coverage_;
    std::string_view signed_text_;
    bool looked_inside_ = false;
};

}  // namespace

Verdict identify(RequestValues& values, std::string_view signed_text)
{
    return Identifier{values, signed_text}.run();
}

}  // namespace katydid::signing
