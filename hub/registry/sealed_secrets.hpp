// The secrets of a source or subscription, as they lie in its record.
#pragma once

#include "hub/core/text/headers.hpp"
#include "hub/store/records.hpp"
#include "signing/keys/key_ring.hpp"
#include "signing/keys/vault.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace katydid::registry {

/// What a record holds sealed, opened: the keys that it signs or verifies with, and the headers of
/// a subscription, which are credentials in practice.
struct Secrets {
    signing::KeyRingPtr keys = std::make_shared<const signing::KeyRing>();  ///< newest first
    boost::json::array unreadable{};  ///< keys that cannot be opened, as they were: they stay
    Headers headers{};
};

/// Writes the members "keys" and "headers". Each secret is bound to the tenant and to its key, the
/// headers to the record's id, so that none can be moved to another row.
void seal_secrets(const Secrets& secrets, const store::Record& record, const signing::Vault& vault,
                  boost::json::object& object);

/// What cannot be opened is left out and logged: its owner refuses or fails clearly, and all others
/// work. In the ring of a source such a key is there, empty, so that no handshake delivers another
/// "first" one. Throws when the members are not as seal_secrets() wrote them.
[[nodiscard]] Secrets open_secrets(const store::Record& record, const signing::Vault& vault,
                                   const boost::json::object& object);

/// At start, before the records are read: seals anew what another master key sealed, and removes
/// keys that are over. The newest of a source stays: it says that there was one, so that no
/// foreign handshake delivers the next.
/// Errors: refused when the vault has not the master key of some; then nothing was written.
awaitable<result<void>> renew_secrets(store::Records& store, const signing::Vault& vault,
                                      Timestamp now);

/// Kinds of records that hold sealed secrets.
[[nodiscard]] const std::vector<std::string>& kinds_with_secrets();

/// How many sealed secrets there are.
[[nodiscard]] std::size_t count_sealed(const std::vector<store::Record>& records);

/// Errors: refused when the vault has not the master key of some, as renew_secrets().
[[nodiscard]] result<void> check_master_key(const std::vector<store::Record>& records,
                                            const signing::Vault& vault);

}  // namespace katydid::registry
