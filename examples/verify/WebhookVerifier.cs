using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

public static class WebhookVerifier
{
    const long ToleranceSeconds = 300;

    /// <summary>Whether the three webhook-… headers sign this body, not more than five minutes ago.</summary>
    public static bool IsGenuine(string secret, string id, string timestamp, string signatures, byte[] body)
    {
        if (!ulong.TryParse(timestamp, out ulong seconds) || seconds > uint.MaxValue) return false;
        long age = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - (long)seconds;
        if (Math.Abs(age) > ToleranceSeconds) return false;
        var key = Convert.FromBase64String(secret.StartsWith("whsec_", StringComparison.Ordinal) ? secret.Substring(6) : secret);
        var message = Encoding.UTF8.GetBytes($"{id}.{timestamp}.").Concat(body).ToArray();
        using (var hmac = new HMACSHA256(key))
        {
            var expected = Encoding.UTF8.GetBytes("v1," + Convert.ToBase64String(hmac.ComputeHash(message)));
            return signatures.Split(' ').Any(
                each => CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(each)));
        }
    }
}
