// What a hub asks of a scheme before it uses it.
#pragma once

#include "signing/schemes/scheme.hpp"

#include <string>
#include <vector>

namespace katydid::signing {

/// Computed once, when a source is set up, so that the path of an ordinary webhook asks nothing.
struct SchemeTraits {
    bool fetches_key = false;   ///< remote_key_url() before verify()
    bool checks_chain = false;  ///< the fetched certificate must chain to a trusted root
    bool answers_post = false;  ///< some POSTs are handshakes
    bool receives_key = false;  ///< a handshake delivers the key, so a source may have none
    /// The provider makes the secret and shows it: one that the hub made would verify nothing.
    bool issues_secret = false;
    bool signs_url = false;        ///< RequestView::public_url counts
    bool has_own_answers = false;  ///< custom_answer() is not always empty
    /// What must be given as the source's principal: a token's claim ("email"); empty: nothing.
    std::string principal_claim{};
    bool answers_with_mac = false;    ///< a handshake tells the MAC of a token
    bool shows_verify_token = false;  ///< a handshake is answered to the source's verify_token only
    std::vector<std::string> handshake_methods{};  ///< besides POST
    bool has_token = false;  ///< requests carry the secret itself: who sees one can send others
    std::vector<std::string> credential_headers{};  ///< that carry it, or a token as good
};

[[nodiscard]] SchemeTraits traits_of(const Scheme& scheme);

/// What is known again, in words for the documentation: what is the same event once more, and
/// whether the type can be believed.
struct RepeatRule {
    std::string id;          ///< that is signed and decides alone; empty: there is none
    std::string without_id;  ///< what else is the same event
    std::string type;        ///< empty: the scheme finds none
};
[[nodiscard]] RepeatRule repeat_rule_of(const Scheme& scheme);

/// Whether sign() can make what verify() accepts, from what an outbound request has. Empty when it
/// can; else why not.
[[nodiscard]] std::string why_it_cannot_sign(const Scheme& scheme);

/// The names of those of the catalog that sign, sorted.
[[nodiscard]] const std::vector<std::string>& signing_scheme_names();

/// Whether a scheme's name can be used for one of a user's own: "my-provider". Empty when it can;
/// else why not.
[[nodiscard]] std::string name_fault(std::string_view name);

}  // namespace katydid::signing
