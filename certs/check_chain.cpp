#include "certs/check_chain.hpp"

#include "certs/x509.hpp"

#include <boost/asio/ip/address.hpp>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace katydid::certs {
namespace {

using Store = Owned<X509_STORE, X509_STORE_free>;
using StoreContext = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;
using Stack
    = std::unique_ptr<STACK_OF(X509), decltype([](STACK_OF(X509) * s) { sk_X509_free(s); })>;

using Weight = ChainFinding::Weight;

constexpr int security_bits_min = 112;  ///< RSA 2048, P-224, SHA-256

/// One walk over one chain; every look adds what it finds.
class Judge {
public:
    Judge(const ChainInput& input, Timestamp now) : input_{input}, now_{now} {}

    std::vector<ChainFinding> run()
    {
        // Of what does not start with a certificate to show, nothing else can be said.
        if (!read() || !begins_well()) return std::move(findings_);
        look_at_order();
        for (std::size_t i = 0; i < chain_.size(); ++i) look_at_time(i);
        look_at_strength();
        look_at_hosts();
        look_at_key();
        look_at_trust();
        ERR_clear_error();
        return std::move(findings_);
    }

private:
    void fault(std::string what, std::string hint)
    {
        const auto place = std::ranges::find(findings_, Weight::warning, &ChainFinding::weight);
        findings_.insert(place, {Weight::fault, std::move(what), std::move(hint)});
    }
    void warn(std::string what, std::string hint)
    {
        findings_.push_back({Weight::warning, std::move(what), std::move(hint)});
    }
    [[nodiscard]] X509* leaf() const { return chain_.front().get(); }
    /// "certificate 2 (CN=…)".
    [[nodiscard]] std::string call(std::size_t i) const
    {
        return "certificate " + std::to_string(i + 1) + " ("
               + name_text(X509_get_subject_name(chain_[i].get())) + ")";
    }
    [[nodiscard]] std::string issuer_of(std::size_t i) const
    {
        return name_text(X509_get_issuer_name(chain_[i].get()));
    }
    /// Whether `by` issued `i`: the names and the signature say so.
    [[nodiscard]] bool issued(std::size_t by, std::size_t i) const
    {
        X509* issuer = chain_[by].get();
        return X509_check_issued(issuer, chain_[i].get()) == X509_V_OK
               && X509_verify(chain_[i].get(), X509_get0_pubkey(issuer)) == 1;
    }

    bool read();
    bool begins_well();
    void look_at_order();
    void explain_gap(std::size_t at);
    void look_at_time(std::size_t i);
    void look_at_strength();
    void look_at_hosts();
    void look_at_key();
    void look_at_trust();
    void explain_distrust(int error, std::size_t depth);

    const ChainInput& input_;
    const Timestamp now_;
    std::vector<Certificate> chain_;
    std::vector<ChainFinding> findings_;
    bool is_ordered_ = true;
};

bool Judge::read()
{
    bool damaged = false;
    chain_ = read_certificates(input_.chain_pem, &damaged);
    if (damaged)
        fault("Certificate " + std::to_string(chain_.size() + 1) + " of the file is damaged.",
              "Write the PEM text anew, from BEGIN CERTIFICATE to END CERTIFICATE.");
    if (!chain_.empty()) return true;
    const bool is_key = input_.chain_pem.find("PRIVATE KEY-----") != std::string::npos;
    if (is_key)
        fault("The certificate file holds a private key and no certificate.",
              "Perhaps certificate_file and key_file are exchanged: swap them.");
    else if (!damaged)
        fault("The certificate file holds no certificate in PEM.",
              "Write the chain as PEM, the certificate of your name first; DER is turned into PEM "
              "by openssl x509 -inform der.");
    return false;
}

/// What is first must be a certificate to show, not an authority's.
bool Judge::begins_well()
{
    const bool is_self_signed = X509_self_signed(leaf(), 1) == 1;
    const bool is_authority = X509_check_ca(leaf()) == 1;
    if (is_authority && (chain_.size() > 1 || !is_self_signed)) {
        fault("The first certificate, " + name_text(X509_get_subject_name(leaf()))
                  + ", is an authority's.",
              "Write the certificate of your name first, then each issuer.");
        return false;
    }
    if (is_self_signed)
        warn("The certificate is self-signed: only peers that were given it trust it.",
             "Take one from an authority, or one of `katydid certs dev` for development.");
    const bool is_server = input_.use == ChainUse::server;
    const int purpose = is_server ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT;
    if (X509_check_purpose(leaf(), purpose, 0) != 1)
        fault(std::string{"The certificate is not one for TLS "}
                  + (is_server ? "servers." : "clients."),
              std::string{"Ask the authority for one with the extended key usage "}
                  + (is_server ? "serverAuth." : "clientAuth."));
    return true;
}

void Judge::look_at_order()
{
    for (std::size_t i = 1; i < chain_.size(); ++i) {
        if (!issued(i, i - 1)) {
            explain_gap(i);
            is_ordered_ = false;
            return;
        }
        if (X509_self_signed(chain_[i].get(), 1) == 1)
            warn("The root, " + call(i) + ", is in the file.",
                 "Leave it out: who trusts it has it, and it is sent with every handshake.");
    }
}

/// Certificate `at` did not issue the one before it.
void Judge::explain_gap(std::size_t at)
{
    for (std::size_t i = 0; i < at; ++i)
        if (X509_cmp(chain_[i].get(), chain_[at].get()) == 0) {
            fault(call(at) + " is in the file twice.", "Remove one of them.");
            return;
        }
    for (std::size_t i = at + 1; i < chain_.size(); ++i)
        if (issued(i, at - 1)) {
            fault("The chain is in the wrong order: " + call(i) + " issued " + call(at - 1) + ".",
                  "Write each issuer right after the certificate that it issued.");
            return;
        }
    fault(call(at) + " did not issue the one before it, " + call(at - 1) + ".",
          "Put the certificate of " + issuer_of(at - 1) + " in its place, or nothing.");
}

void Judge::look_at_time(std::size_t i)
{
    const auto from = to_timestamp(X509_get0_notBefore(chain_[i].get()));
    const auto to = to_timestamp(X509_get0_notAfter(chain_[i].get()));
    if (now_ < from)
        fault(call(i) + " is good from " + to_rfc3339(from) + " only.",
              "Wait until then, or check this machine's clock.");
    else if (now_ >= to)
        fault(call(i) + " has ended at " + to_rfc3339(to) + ".",
              i == 0 ? "Renew it; the hub takes up the new file by itself."
                     : "Fetch the authority's current certificate for this place.");
    else if (to - now_ < input_.warned_ahead)
        warn(call(i) + " ends at " + to_rfc3339(to) + ".",
             "Renew it before then; the hub takes up the new file by itself.");
}

void Judge::look_at_strength()
{
    for (std::size_t i = 0; i < chain_.size(); ++i) {
        const EVP_PKEY* key = X509_get0_pubkey(chain_[i].get());
        if (key == nullptr || EVP_PKEY_get_security_bits(key) < security_bits_min)
            fault("The key of " + call(i) + " is too weak: peers refuse it.",
                  "Take ECDSA P-256, or RSA of 2048 bits or more.");
        int bits = 0;
        const bool is_known = X509_get_signature_info(chain_[i].get(), nullptr, nullptr, &bits,
                                                      nullptr);
        const bool is_root = X509_self_signed(chain_[i].get(), 0) == 1;
        if (is_known && bits < security_bits_min && !is_root)
            fault(call(i) + " is signed with a weak hash: peers refuse it.",
                  "Have it issued anew with SHA-256.");
    }
}

void Judge::look_at_hosts()
{
    if (input_.use == ChainUse::server
        && X509_get_ext_by_NID(leaf(), NID_subject_alt_name, -1) < 0) {
        fault("The certificate names no host in its subject alternative name.",
              "Ask the authority for one with the host as a DNS name: a common name alone does not "
              "count.");
        return;
    }
    for (const auto& host : input_.hosts) {
        boost::system::error_code not_literal;
        boost::asio::ip::make_address(host, not_literal);
        const int fits = not_literal
                             ? X509_check_host(leaf(), host.data(), host.size(),
                                               X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr)
                             : X509_check_ip_asc(leaf(), host.c_str(), 0);
        if (fits != 1)
            fault("The certificate is not for " + host + ".",
                  "Ask the authority for one whose subject alternative names hold " + host
                      + ", or set another certificate.");
    }
}

void Judge::look_at_key()
{
    if (input_.key_pem.empty()) return;
    const Bio input{
        BIO_new_mem_buf(input_.key_pem.data(), static_cast<int>(input_.key_pem.size()))};
    bool wants_password = false;
    const auto ask = [](char*, int, int, void* flag) {
        *static_cast<bool*>(flag) = true;
        return -1;
    };
    const Key key{PEM_read_bio_PrivateKey(input.get(), nullptr, ask, &wants_password)};
    if (wants_password)
        fault("The private key is encrypted: the hub cannot ask for its password.",
              "Decrypt it with openssl pkey, into a file with mode 0600.");
    else if (!key)
        fault("The key file holds no private key in PEM.",
              "Write the key that the certificate was asked for with; or certificate_file and "
              "key_file are exchanged.");
    else if (EVP_PKEY_eq(X509_get0_pubkey(leaf()), key.get()) != 1)
        fault("The private key does not belong to " + call(0) + ".",
              "Use the key that this certificate was asked for with, or renew both together.");
}

/// Whether a peer with those authorities finds a way from the leaf to one of them.
void Judge::look_at_trust()
{
    if (input_.trust_pem.empty() || !is_ordered_) return;
    const Store store{X509_STORE_new()};
    for (const auto& each : read_certificates(input_.trust_pem, nullptr))
        X509_STORE_add_cert(store.get(), each.get());
    const Stack others{sk_X509_new_null()};
    for (std::size_t i = 1; i < chain_.size(); ++i) sk_X509_push(others.get(), chain_[i].get());
    const StoreContext context{X509_STORE_CTX_new()};
    X509_STORE_CTX_init(context.get(), store.get(), leaf(), others.get());
    // Times are judged above, for each certificate.
    X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context.get()),
                                X509_V_FLAG_NO_CHECK_TIME);
    if (X509_verify_cert(context.get()) == 1) return;
    explain_distrust(X509_STORE_CTX_get_error(context.get()),
                     static_cast<std::size_t>(X509_STORE_CTX_get_error_depth(context.get())));
}

void Judge::explain_distrust(int error, std::size_t depth)
{
    const auto at = std::min(depth, chain_.size() - 1);
    const std::string why = X509_verify_cert_error_string(error);
    if (X509_self_signed(chain_[at].get(), 0) == 1)
        fault(call(at) + " is not among the trusted authorities.",
              "Give the peers this authority, or take a certificate of one they have.");
    else
        fault("No trusted authority issued " + call(at) + " (" + why + ").",
              "Append the intermediate certificate " + issuer_of(at)
                  + " that the authority gave with it.");
}

}  // namespace

std::vector<ChainFinding> check_chain(const ChainInput& input, Timestamp now)
{
    return Judge{input, now}.run();
}

}  // namespace katydid::certs
