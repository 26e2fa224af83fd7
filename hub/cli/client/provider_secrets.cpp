#include "hub/cli/client/provider_secrets.hpp"

#include "signing/schemes/scheme_traits.hpp"

namespace katydid::cli {

bool is_provider_made(std::string_view scheme)
{
    const auto known = signing::find_scheme(scheme);
    if (!known) return false;  // one of the tenant's own: the hub knows it
    const auto traits = signing::traits_of(*known);
    return traits.issues_secret && !traits.receives_key;
}

}  // namespace katydid::cli
