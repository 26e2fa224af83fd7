import { Operations, type Accepted, type Publication } from "../generated/v1/index.js";
import { consume, type ConsumeOptions } from "./consume.js";
import type { CallOptions } from "./transport.js";

/** Every operation of the API, and the usual case of publishing. */
export class KatydidClient extends Operations {
  /**
   * Publishes one event. With an `id` of its own, or an `idempotencyKey`, it may be repeated.
   * Throws KatydidError: 409 when the id is known with other data.
   */
  async publish(event: Publication, options: CallOptions = {}): Promise<Accepted> {
    return (await this.publishEvents({ body: event }, options)) as Accepted;
  }

  /**
   * Hands the deliveries of a stream subscription to a handler, until `options.signal` is aborted.
   * The key needs the scope `events:consume`.
   * Throws KatydidError when the hub will not have it; it connects again after everything else.
   */
  consume(options: ConsumeOptions): Promise<void> {
    const connectUrl = async (path: string): Promise<string> => {
      const { ticket } = await this.createTicket({ path });
      return `${this.hubUrl().replace(/^http/, "ws")}${path}?ticket=${encodeURIComponent(ticket)}`;
    };
    const askWhy = (id: string, credit: number | undefined): Promise<void> =>
      this.call(
        {
          name: "consumeSubscription",
          method: "GET",
          path: "/v1/subscriptions/{id}/consume",
          answer: "nothing",
        },
        { id, credit },
      );
    return consume({ connectUrl, askWhy }, options);
  }
}
