#include "hub/cli/client/provider_secrets.hpp"

#include <algorithm>

namespace katydid::cli {
namespace {

constexpr std::string_view provider_made[] = {
    "adyen",    "airtable",  "asana",      "calendly", "chargebee", "clerk",   "discord",
    "docusign", "dropbox",   "elevenlabs", "intercom", "line",      "mailgun", "mandrill",
    "meta",     "mollie",    "mux",        "notion",   "openai",    "paddle",  "paystack",
    "polar",    "pagerduty", "resend",     "sendgrid", "sentry",    "shopify", "slack",
    "square",   "stripe",    "svix",       "telnyx",   "trello",    "twilio",  "whatsapp",
    "workos",   "x",         "xero",       "zendesk",  "zoom"};

}  // namespace

bool is_provider_made(std::string_view scheme) noexcept
{
    return std::ranges::find(provider_made, scheme) != std::end(provider_made);
}

}  // namespace katydid::cli
