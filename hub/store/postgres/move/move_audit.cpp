#include "hub/store/postgres/move/move_audit.hpp"

#include "hub/core/codec/encoding.hpp"
#include "hub/store/postgres/move/move_text.hpp"
#include "hub/store/shared/encoding.hpp"

namespace katydid::store::postgres {
namespace {

std::string bytes(std::string_view text)
{
    return "'\\x" + encode(katydid::Encoding::hex, text) + "'";
}

}  // namespace

void write_move_audit(MoveLink& first, const AuditEntry& entry)
{
    const auto tenant = to_uuid(entry.tenant);
    first.ask("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('audit"
              + entry.tenant.to_string() + "', 0))");
    const auto last = first.ask("SELECT seq + 1, encode(hash, 'hex') FROM audit WHERE tenant = '"
                                + tenant + "' ORDER BY seq DESC LIMIT 1");
    const auto previous = last.empty() ? std::string{}
                                       : decode(katydid::Encoding::hex, last[0][1]).value_or("");
    const auto hash = chain_hash(entry, previous);
    std::string values = "'" + tenant + "', " + (last.empty() ? "1" : last[0][0]) + ", "
                         + std::to_string(to_integer(entry.at));
    for (const std::string_view field :
         {std::string_view{entry.actor}, std::string_view{entry.action},
          std::string_view{entry.object}, std::string_view{entry.detail},
          std::string_view{previous},
          std::string_view{reinterpret_cast<const char*>(hash.data()), hash.size()}})
        values += ", " + bytes(field);
    first.ask("INSERT INTO audit(tenant, seq, at, actor, action, object, detail, previous_hash,"
              " hash) VALUES("
              + values + "); COMMIT");
}

}  // namespace katydid::store::postgres
