#include "hub/process/key_files.hpp"

#include "hub/api/access/access.hpp"
#include "hub/config/secrets.hpp"
#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/random.hpp"
#include "hub/observe/log.hpp"
#include "hub/registry/sealed_secrets.hpp"
#include "hub/store/open_store.hpp"
#include "hub/store/peek.hpp"

#include <openssl/crypto.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace katydid {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& file, const std::string& what)
{
    throw Failure{Error{errc::invalid_argument, file.string() + ": " + what}};
}

[[noreturn]] void fail_to_write(const fs::path& file, int number)
{
    const bool is_full = number == ENOSPC || number == EDQUOT;
    fail(file,
         std::string{"cannot be written: "} + std::strerror(number)
             + (is_full ? ". Make room on the disk" : ". Make the folder writable for the hub"));
}

/// Writes a file that no other user may read, whole or not at all.
void write_private(const fs::path& file, std::string_view text)
{
    const auto temporary = file.string() + ".new";
    const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                                  0600);
    if (descriptor < 0) fail_to_write(file, errno);
    const bool written = ::write(descriptor, text.data(), text.size())
                             == static_cast<ssize_t>(text.size())
                         && ::fsync(descriptor) == 0;
    const int number = errno;
    ::close(descriptor);
    if (!written) {
        ::unlink(temporary.c_str());
        fail_to_write(file, number);
    }
    if (::rename(temporary.c_str(), file.c_str()) != 0) fail_to_write(file, errno);
}

void refuse_readable_by_others(const fs::path& file)
{
    struct stat status{};
    if (::stat(file.c_str(), &status) == 0 && (status.st_mode & 077U) != 0)
        fail(file, "others may read this key: run `chmod 600 " + file.string() + "`");
}

/// nullopt: there is no such file.
std::optional<Secret> read_key(const fs::path& file)
{
    std::error_code ignored;
    if (!fs::exists(file, ignored)) return std::nullopt;
    refuse_readable_by_others(file);
    auto secret = config::secret_from_file(file.string());
    if (!secret) throw Failure{secret.error()};
    return std::move(*secret);
}

void make_key(const fs::path& file, const std::string& key, std::string_view what)
{
    write_private(file, key + "\n");
    log::info("key.created", what, {{"file", file.string()}});
}

fs::path master_key_file(const config::Settings& settings)
{
    return settings.data_dir / "master.key";
}

fs::path operator_key_file(const config::Settings& settings)
{
    return settings.data_dir / "operator.key";
}

/// The key of before, when the master key was changed: it opens what is to be sealed anew.
void add_previous_key(signing::Vault& vault, const config::Settings& settings)
{
    const auto file = settings.data_dir / "master.key.previous";
    const auto text = settings.master_key_previous ? settings.master_key_previous : read_key(file);
    if (!text) return;
    auto key = signing::parse_master_key(text->text());
    if (!key)
        fail(settings.master_key_previous ? fs::path{"KATYDID_MASTER_KEY_PREVIOUS"} : file,
             key.error().message);
    vault.add_previous_key(*key);
    OPENSSL_cleanse(key->data(), key->size());
}

}  // namespace

std::unique_ptr<signing::Vault> find_vault(const config::Settings& settings)
{
    if (!settings.master_key && store::is_shared_store(settings.store_url()))
        throw Failure{Error{errc::invalid_argument,
                            "With PostgreSQL the master key must be set, the same for every hub:"
                            " make one with `openssl rand -hex 32` and set KATYDID_MASTER_KEY."}};
    const auto file = master_key_file(settings);
    const auto text = settings.master_key ? settings.master_key : read_key(file);
    if (!text) return nullptr;
    auto key = signing::parse_master_key(text->text());
    if (!key)
        fail(settings.master_key ? fs::path{"KATYDID_MASTER_KEY"} : file, key.error().message);
    auto vault = std::make_unique<signing::Vault>(*key);
    OPENSSL_cleanse(key->data(), key->size());
    add_previous_key(*vault, settings);
    return vault;
}

result<void> check_vault(const config::Settings& settings, const signing::Vault* vault,
                         const std::vector<store::Record>& records)
{
    if (vault != nullptr) return registry::check_master_key(records, *vault);
    const auto count = registry::count_sealed(records);
    if (count == 0) return {};
    return Error{errc::refused,
                 master_key_file(settings).string() + " is missing, and the store has "
                     + std::to_string(count) + (count == 1 ? " secret" : " secrets")
                     + " sealed with it. Put the file back from its backup, or set "
                       "KATYDID_MASTER_KEY. No new key was made: it would open none of them."};
}

std::unique_ptr<signing::Vault> open_vault(const config::Settings& settings)
{
    if (auto vault = find_vault(settings)) return vault;
    auto records = store::peek_records(settings.store_url(), registry::kinds_with_secrets());
    check_vault(settings, nullptr, records.value()).value();
    make_key(master_key_file(settings), encode(Encoding::hex, random_bytes(32)),
             "the master key that seals secrets at rest: back it up, apart from the database");
    return find_vault(settings);
}

std::optional<Secret> find_operator_key(const config::Settings& settings)
{
    const auto file = operator_key_file(settings);
    auto key = settings.operator_key ? settings.operator_key : read_key(file);
    if (key && key->text().size() < config::operator_key_bytes_min)
        fail(settings.operator_key ? fs::path{"KATYDID_OPERATOR_KEY"} : file,
             std::string{"the key can be guessed. "} + config::operator_key_rule);
    return key;
}

OperatorKey operator_key(const config::Settings& settings, Timestamp now)
{
    auto text = find_operator_key(settings);
    if (!text) {
        make_key(operator_key_file(settings), api::generate_api_key(),
                 "the operator's API key: send it as `Authorization: Bearer <key>`");
        text = find_operator_key(settings);
    }
    OperatorKey made;
    made.key.name = "operator";
    made.key.sha256 = api::hash_api_key(text->text());
    made.key.is_operator = true;
    made.key.created_at = now;
    if (!settings.operator_key) made.file = operator_key_file(settings);
    return made;
}

}  // namespace katydid
