#include "hub/app/resources.hpp"

#include "hub/app/build.hpp"
#include "hub/process/key_files.hpp"

namespace katydid {

Resources::Resources(const config::Settings& s, observe::Metrics& m, observe::Tracer* t)
    : settings{prepare(s)},
      clock{system_clock()},
      metrics{m},
      tracer{t},
      vault{open_vault(settings)},
      store{open_store(settings, metrics)},
      registry{*store, *vault, clock, random_seed()},
      egress{make_egress(settings)},
      server_tls{make_server_tls(settings.tls)},
      client_tls{make_client_tls(settings)},
      identities{make_identities(settings, client_tls)},
      privacy{settings.bridge.allow}
{}

}  // namespace katydid
