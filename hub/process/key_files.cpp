#include "hub/process/key_files.hpp"

#include "hub/api/protocol/access.hpp"
#include "hub/config/secrets.hpp"
#include "hub/core/codec/encoding.hpp"
#include "hub/observe/log.hpp"
#include "hub/store/open_store.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

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

/// Writes a file that no other user may read, whole or not at all.
void write_private(const fs::path& file, std::string_view text)
{
    const auto temporary = file.string() + ".new";
    const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                                  0600);
    if (descriptor < 0)
        fail(file, std::string{"cannot be written: "} + std::strerror(errno)
                       + ". Make the folder writable for the hub");
    const bool written = ::write(descriptor, text.data(), text.size())
                             == static_cast<ssize_t>(text.size())
                         && ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (!written || ::rename(temporary.c_str(), file.c_str()) != 0)
        fail(file, std::string{"cannot be written: "} + std::strerror(errno));
}

void refuse_readable_by_others(const fs::path& file)
{
    struct stat status{};
    if (::stat(file.c_str(), &status) == 0 && (status.st_mode & 077U) != 0)
        fail(file, "others may read this key: run `chmod 600 " + file.string() + "`");
}

Secret read_or_make(const fs::path& file, const std::function<std::string()>& make,
                    std::string_view what)
{
    if (!fs::exists(file)) {
        write_private(file, make() + "\n");
        log::info("key.created", what, {{"file", file.string()}});
    }
    refuse_readable_by_others(file);
    auto secret = config::secret_from_file(file.string());
    if (!secret) throw Failure{secret.error()};
    return std::move(*secret);
}

std::string random_hex(std::size_t bytes)
{
    std::string random(bytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), static_cast<int>(bytes)) != 1)
        throw Failure{Error{errc::internal, "the system's randomness is not available"}};
    return encode(Encoding::hex, random);
}

/// The key of before, when the master key was changed: it opens what is to be sealed anew.
void add_previous_key(signing::Vault& vault, const config::Settings& settings)
{
    const auto file = settings.data_dir / "master.key.previous";
    std::optional<Secret> text = settings.master_key_previous;
    if (!text && fs::exists(file)) {
        refuse_readable_by_others(file);
        auto secret = config::secret_from_file(file.string());
        if (!secret) throw Failure{secret.error()};
        text = std::move(*secret);
    }
    if (!text) return;
    auto key = signing::parse_master_key(text->text());
    if (!key)
        fail(settings.master_key_previous ? fs::path{"KATYDID_MASTER_KEY_PREVIOUS"} : file,
             key.error().message);
    vault.add_previous_key(*key);
    OPENSSL_cleanse(key->data(), key->size());
}

}  // namespace

std::unique_ptr<signing::Vault> open_vault(const config::Settings& settings)
{
    if (!settings.master_key && store::is_shared_store(settings.store_url()))
        throw Failure{Error{errc::invalid_argument,
                            "With PostgreSQL the master key must be set, the same for every hub:"
                            " make one with `openssl rand -hex 32` and set KATYDID_MASTER_KEY."}};
    const auto file = settings.data_dir / "master.key";
    const auto text = settings.master_key
                          ? *settings.master_key
                          : read_or_make(
                                file, [] { return random_hex(32); },
                                "the master key that seals secrets at rest: back it up, "
                                "apart from the database");
    auto key = signing::parse_master_key(text.text());
    if (!key)
        fail(settings.master_key ? fs::path{"KATYDID_MASTER_KEY"} : file, key.error().message);
    auto vault = std::make_unique<signing::Vault>(*key);
    OPENSSL_cleanse(key->data(), key->size());
    add_previous_key(*vault, settings);
    return vault;
}

OperatorKey operator_key(const config::Settings& settings, Timestamp now)
{
    const auto file = settings.data_dir / "operator.key";
    const auto text = settings.operator_key
                          ? *settings.operator_key
                          : read_or_make(
                                file, [] { return api::generate_api_key(); },
                                "the operator's API key: send it as `Authorization: "
                                "Bearer <key>`");
    if (text.text().size() < config::operator_key_bytes_min)
        fail(settings.operator_key ? fs::path{"KATYDID_OPERATOR_KEY"} : file,
             std::string{"the key can be guessed. "} + config::operator_key_rule);
    OperatorKey made;
    made.key.name = "operator";
    made.key.sha256 = api::hash_api_key(text.text());
    made.key.is_operator = true;
    made.key.created_at = now;
    if (!settings.operator_key) made.file = file;
    return made;
}

}  // namespace katydid
