using System;
using System.IO;

static class Driver
{
    static void Main(string[] arguments)
    {
        var body = new MemoryStream();
        Console.OpenStandardInput().CopyTo(body);
        var isGenuine = WebhookVerifier.IsGenuine(Environment.GetEnvironmentVariable("WEBHOOK_SECRET"),
            arguments[0], arguments[1], arguments[2], body.ToArray());
        Console.WriteLine(isGenuine ? "genuine" : "forged");
    }
}
