#include "hub/api/note_change.hpp"

#include "hub/observe/log.hpp"

namespace katydid::api {

awaitable<void> note_change(const Context& context, Caller caller, std::string action,
                            std::string object, std::string detail)
{
    store::AuditEntry entry;
    entry.tenant = caller.tenant;
    entry.at = context.clock.now();
    entry.actor = caller.key.is_nil() ? "operator" : caller.key.to_string();
    entry.action = std::move(action);
    entry.object = object;
    entry.detail = std::move(detail);
    const auto noted = co_await context.store.audit(std::move(entry));
    if (!noted) log::warn("audit.failed", noted.error().message, {{"object", object}});
}

}  // namespace katydid::api
