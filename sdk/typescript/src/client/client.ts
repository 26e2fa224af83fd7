import { Operations, type Accepted, type Publication } from "../generated/v1/index.js";
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
}
