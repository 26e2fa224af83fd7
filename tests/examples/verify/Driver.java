public final class Driver {
    public static void main(String[] arguments) throws Exception {
        boolean isGenuine = WebhookVerifier.isGenuine(System.getenv("WEBHOOK_SECRET"),
                arguments[0], arguments[1], arguments[2], System.in.readAllBytes());
        System.out.println(isGenuine ? "genuine" : "forged");
    }
}
