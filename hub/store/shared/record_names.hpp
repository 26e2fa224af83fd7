// What every store says of records, in the same words.
#pragma once

#include "hub/core/error.hpp"
#include "hub/store/records.hpp"

namespace katydid::store {

struct RecordName {
    TenantId tenant;
    std::string kind;
    std::string id;
};

[[nodiscard]] inline Error record_changed(const Record& record)
{
    return {errc::conflict, "\"" + (record.name.empty() ? record.id : record.name)
                                + "\" was changed by somebody else. Read it again, then repeat "
                                  "the change."};
}

[[nodiscard]] inline Error name_taken(const Record& record)
{
    return {errc::conflict, "There is a " + record.kind + " named \"" + record.name
                                + "\" already. Choose another name."};
}

[[nodiscard]] inline Error no_such_record(const std::string& id)
{
    return {errc::not_found, "There is no \"" + id + "\"."};
}

}  // namespace katydid::store
