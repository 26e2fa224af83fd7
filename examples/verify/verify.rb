require "base64"
require "openssl"

TOLERANCE_SECONDS = 300

# Whether the three webhook-… headers sign this body, not more than five minutes ago.
def genuine?(secret, id, timestamp, signatures, body)
  return false unless timestamp.match?(/\A\d{1,12}\z/)
  return false if (Time.now.to_i - timestamp.to_i).abs > TOLERANCE_SECONDS

  key = Base64.strict_decode64(secret.delete_prefix("whsec_"))
  mac = OpenSSL::HMAC.digest("SHA256", key, "#{id}.#{timestamp}.".b + body.b)
  expected = "v1,#{Base64.strict_encode64(mac)}"
  signatures.split(" ").any? { |each| OpenSSL.secure_compare(each, expected) }
end
