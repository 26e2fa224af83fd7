export { KatydidError, RetryLater, ValidationError, type Fault } from "./errors.js";
export type { CallLog } from "./send.js";

export { createATLVS, type ATLVS, type ATLVSConfig, type WriteOptions } from "./atlvs/client.js";
export * from "./atlvs/guide.js";
export { withRetry, type RetryOptions } from "./atlvs/retry.js";
export * from "./atlvs/types.js";
export {
  validateArtistData,
  validateBookingData,
  validateEventData,
  validateSalesData,
} from "./atlvs/validate.js";

export { memoryDedupe, type Dedupe, type MemoryDedupeOptions } from "./webhooks/dedupe.js";
export type { Dialect } from "./webhooks/envelope.js";
export {
  webhookHandler,
  type Handle,
  type Handlers,
  type Route,
  type WebhookHandlerOptions,
} from "./webhooks/handler.js";
export type { WebhookHeaders } from "./webhooks/headers.js";
export type { WebhookEvent } from "./webhooks/receive.js";
export { handleATLVSWebhook, type ATLVSWebhookAction } from "./webhooks/platform.js";
export {
  verifyATLVSWebhook,
  verifyStandardWebhook,
  type Secrets,
  type StandardOptions,
} from "./webhooks/verify.js";
export type { AtlvsEvents, GrasshopperEvents } from "./generated/events.js";

export {
  HandoffError,
  verifyHandoff,
  type Handoff,
  type HandoffOptions,
} from "./handoff/verify.js";

export { rows, type Page } from "./client/rows.js";
export type { CallOptions, ClientConfig } from "./client/transport.js";
export { KatydidClient } from "./client/client.js";
export type { ConsumeOptions, Delivered, Handled } from "./client/consume.js";
export type { Position, Update } from "./client/inbox.js";
export type { Published, RealtimeEvent } from "./client/outbox.js";
export {
  connectRealtime,
  type Realtime,
  type RealtimeOptions,
  type UpdateHandlers,
} from "./client/realtime.js";
export type {
  ConnectionState,
  WebSocketConstructor,
  WebSocketLike,
} from "./client/reconnect.js";
export * as v1 from "./generated/v1/index.js";
