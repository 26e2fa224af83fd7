// A webhook route: `export const POST = webhookHandler({ on: { "resource.updated": … } })`.
import { RetryLater } from "../errors.js";
import type { AtlvsEvents } from "../generated/events.js";
import { messageOf } from "../send.js";
import { answer, refuse } from "./answers.js";
import type { Dedupe } from "./dedupe.js";
import { findHandler } from "./find_handler.js";
import { actionOf } from "./platform.js";
import { receive, type ReceiveOptions, type WebhookEvent } from "./receive.js";

/**
 * Handles one webhook. It has succeeded when it returns: nothing, something with an `action` for
 * the answer, or a Response of its own. When it throws, the hub tries again.
 */
export type Handle<Type extends string = string, Data = unknown> = (
  event: WebhookEvent<Type, Data>,
) => unknown;

/** By type; `resource.*` and `*` take what no longer name takes. */
export type Handlers<Events> = { [Type in keyof Events & string]?: Handle<Type, Events[Type]> } & {
  [Pattern in `${string}.*` | "*"]?: Handle<string, Record<string, any>>;
};

/** Events are named, not guessed from the handlers: otherwise each would take anything. */
type Named<Events> = [Events][Events extends unknown ? 0 : never];

export interface WebhookHandlerOptions<Events> extends RouteOptions {
  on: Handlers<Named<Events>>;
}

export interface RouteOptions extends ReceiveOptions {
  dedupe?: Dedupe;
  /** A type without a handler gets a 400, so that the hub shows it as dead (default), or a 200. */
  unknownTypes?: "reject" | "accept";
  /** Gets what went wrong, for the log; never the body or a secret. Default: console.error. */
  onError?: OnError;
}

type OnError = (what: string, event?: { type: string; id: string }) => void;

/** Stands in the compiler's message when `on` has a type that the catalog lacks. */
interface NameYourEventsAsTypeArgument {}

export type Route = (request: Request) => Promise<Response>;

/**
 * Makes a route of a framework that has Request and Response, such as Next.js's App Router.
 *
 * Answers 200 when it was handled, 401 when the signature is wrong, 400 when the body is, 413 when
 * it is too large, 500 when the handler threw, 503 with `Retry-After` when it asked for later or
 * no secret is set. The hub tries again after all but 200; after 400 and 413 three times in all.
 */
export function webhookHandler(options: WebhookHandlerOptions<AtlvsEvents>): Route;
/** For types of your own: `webhookHandler<{ "order.shipped": Order }>({ … })`. */
export function webhookHandler<Events extends object = NameYourEventsAsTypeArgument>(
  options: WebhookHandlerOptions<Events>,
): Route;
export function webhookHandler(options: RouteOptions & { on: object }): Route {
  const onError = options.onError ?? logError;
  return async (request) => {
    try {
      const event = await receive(request, options);
      if (event instanceof Response) return event;
      return await once(event, options, onError);
    } catch (error) {
      onError(messageOf(error));
      return refuse(500, "Webhook processing failed");
    }
  };
}

async function once(
  event: WebhookEvent,
  options: RouteOptions & { on: object },
  onError: OnError,
): Promise<Response> {
  const handle = findHandler<Handle>(options.on, event.type);
  if (handle === undefined) {
    if (options.unknownTypes === "accept") return answer(200, { success: true });
    return refuse(400, "Unknown event type");
  }
  const state = (await options.dedupe?.begin(event.id)) ?? "new";
  if (state === "done") return answer(200, { success: true, duplicate: true });
  if (state === "busy") return refuse(503, "It is being processed", { "Retry-After": "1" });
  let response: Response;
  try {
    response = responseOf(event.type, await handle(event));
  } catch (error) {
    onError(messageOf(error), { type: event.type, id: event.id });
    response =
      error instanceof RetryLater
        ? refuse(503, "Try again later", { "Retry-After": String(Math.ceil(error.seconds)) })
        : refuse(500, "Webhook processing failed");
  }
  await settle(event, response.ok, options.dedupe, onError);
  return response;
}

/** The handler's work is done or not, whatever becomes of the note about it. */
async function settle(
  event: WebhookEvent,
  isDone: boolean,
  dedupe: Dedupe | undefined,
  onError: OnError,
): Promise<void> {
  try {
    await (isDone ? dedupe?.done(event.id) : dedupe?.failed(event.id));
  } catch (error) {
    onError(messageOf(error), { type: event.type, id: event.id });
  }
}

function responseOf(type: string, returned: unknown): Response {
  if (returned instanceof Response) return returned;
  const { action } = Object(returned) as { action?: unknown };
  const named = typeof action === "string" ? action : actionOf(type);
  return answer(200, { success: true, ...(named === undefined ? {} : { action: named }) });
}

function logError(what: string, event?: { type: string; id: string }): void {
  console.error("Webhook failed:", what, ...(event === undefined ? [] : [event.type, event.id]));
}
