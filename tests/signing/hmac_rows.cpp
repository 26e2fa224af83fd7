#include "tests/signing/hmac_rows.hpp"

namespace katydid::signing::test {
namespace {

const std::string utf8_secret = "s3cret of ours";
const std::string raw_secret = "0123456789abcdef0123456789abcdef";

std::string written(Keyed keyed, const std::string& key)
{
    switch (keyed) {
    case Keyed::hex: return oracle::hex(key);
    case Keyed::base64: return oracle::base64(key);
    case Keyed::whsec: return "whsec_" + oracle::base64(key);
    default: return key;
    }
}

std::string encoded(char encoding, const std::string& bytes)
{
    return encoding == 'h'   ? oracle::hex(bytes)
           : encoding == 'b' ? oracle::base64(bytes)
                             : oracle::base64url(bytes);
}

}  // namespace

void check_row(const Row& row)
{
    const std::string key = row.keyed == Keyed::utf8 ? utf8_secret : raw_secret;
    const std::string mac = oracle::hmac(row.hash, key, row.before + row.body + row.after);
    Vector vector;
    vector.scheme = row.scheme;
    vector.secret = written(row.keyed, key);
    vector.other_secret = written(row.keyed, "another secret, as long as it is");
    vector.body = row.body;
    vector.header_name = row.header_name;
    vector.header = row.header;
    vector.signature = encoded(row.encoding, mac);
    vector.reencoded = encoded(row.encoding == 'h' ? 'b' : 'h', mac);
    vector.headers = row.headers;
    vector.type = row.type;
    vector.id = row.id;
    vector.past_max = row.past_max;
    vector.future_max = row.future_max;
    check_vector(vector);
}

}  // namespace katydid::signing::test
