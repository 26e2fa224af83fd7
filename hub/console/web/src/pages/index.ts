// Which page is where: `#/name` shows the list, `#/name/ID` one of it.
import type { FunctionComponent } from "preact";
import { AuditList } from "./audit";
import { Deliveries } from "./deliveries";
import { DeliveryPage } from "./delivery";
import { EventPage } from "./event";
import { EventTypePage, EventTypes } from "./event_types";
import { Events } from "./events";
import { Jobs } from "./jobs";
import { Keys } from "./keys";
import { LimitsPage } from "./limits";
import { Overview } from "./overview";
import { RejectedList } from "./rejected";
import { RejectedPage } from "./rejected_one";
import { SourcePage } from "./source";
import { Sources } from "./sources";
import { SubscriptionPage } from "./subscription";
import { Subscriptions } from "./subscriptions";
import { Tenants } from "./tenants";

interface PageEntry {
  list: FunctionComponent;
  one?: FunctionComponent<{ id: string; action?: string | undefined }>;
  /** Without it the page is not offered. */
  scope?: string;
}

export const pages: Record<string, PageEntry> = {
  overview: { list: Overview, scope: "events:read" },
  events: { list: Events, one: EventPage, scope: "events:read" },
  deliveries: { list: Deliveries, one: DeliveryPage, scope: "events:read" },
  subscriptions: { list: Subscriptions, one: SubscriptionPage, scope: "subscriptions:read" },
  sources: { list: Sources, one: SourcePage, scope: "sources:read" },
  rejected: { list: RejectedList, one: RejectedPage, scope: "sources:read" },
  event_types: { list: EventTypes, one: EventTypePage, scope: "events:read" },
  jobs: { list: Jobs, scope: "events:read" },
  keys: { list: Keys, scope: "admin" },
  tenants: { list: Tenants, scope: "operator" },
  audit: { list: AuditList, scope: "audit:read" },
  limits: { list: LimitsPage, scope: "operator" },
};

export const groups = [
  { title: "", names: ["overview"] },
  { title: "traffic", names: ["events", "deliveries", "jobs"] },
  { title: "setup", names: ["subscriptions", "sources", "rejected", "event_types"] },
  { title: "access", names: ["keys", "tenants", "audit", "limits"] },
];
