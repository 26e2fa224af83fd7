// Links into the console for a tenant's own people, who have no key.
#pragma once

#include "hub/api/access/sessions.hpp"

namespace katydid::api {

constexpr milliseconds portal_link_age_min = std::chrono::minutes{1};
constexpr milliseconds portal_link_age_max = std::chrono::hours{24 * 7};

/// What a link is good for: one entry, until it ends; so does what it opened.
struct PortalLink {
    Grant grant;
    Timestamp ends_at{};
    std::vector<std::string> frame_origins{};  ///< who may show the page in a frame; empty: none
};

/// What a page in a frame was asked for with.
struct PortalFrame {
    std::string link;     ///< the subject of its link's grant
    std::string origins;  ///< who may show it, separated by blanks
};

/// Makes links and takes them. A link is its contents, sealed by the vault, as a ticket is.
///
/// Thread safety: none; the loop of the tables. What it refers to outlives it.
struct PortalLinks {
    const signing::Vault& vault;
    store::Records& records;
    const Clock& clock;

    /// "kl_" and base64url: the secret of the link, for the fragment of its URL.
    [[nodiscard]] std::string make(const PortalLink& link) const;
    /// What the page is asked for with, so that it can be shown in a frame: which link it belongs
    /// to, and the origins; empty where there are no origins. It does not end: the frame of a link
    /// that has ended is where people read so.
    [[nodiscard]] std::string make_frame(const PortalLink& link) const;
    /// What make_frame() wrote; nullopt: it cannot be read.
    [[nodiscard]] std::optional<PortalFrame> read_frame(std::string_view text) const;

    /// The link, used up. A response refuses: 401 when it is none, has ended, or was used before.
    awaitable<std::variant<PortalLink, http::Response>> spend(std::string text) const;
};

[[nodiscard]] inline PortalLinks portal_links_of(const Context& context)
{
    return {*context.vault, context.store, context.clock};
}

/// Whether a text is an origin that may be named in a policy: https, or http on this machine; a
/// host and a port, and no more.
[[nodiscard]] bool is_frame_origin(std::string_view text);

/// The record that something was used: two calls cannot both put it (errc::conflict). It goes when
/// what was used has long expired.
struct UsedOnce {
    TenantId tenant = default_tenant();
    std::string kind;
    std::string id;
    Timestamp now{};
    Timestamp expires_at{};
};
[[nodiscard]] store::Record to_record(UsedOnce used);

}  // namespace katydid::api
