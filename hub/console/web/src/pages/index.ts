// Which page is where: `#/name` shows the list, `#/name/ID` one of it.
import type { FunctionComponent } from "preact";
import { AuditList } from "./access/audit";
import { BridgePage } from "./bridge/bridge";
import { Certificates } from "./hub/certificates";
import { Deliveries } from "./traffic/deliveries";
import { DeliveryPage } from "./traffic/delivery";
import { Doctor } from "./hub/doctor";
import { EventPage } from "./traffic/event";
import { EventTypePage, EventTypes } from "./setup/event_types";
import { Events } from "./traffic/events";
import { Identities } from "./hub/identities";
import { Jobs } from "./traffic/jobs";
import { Keys } from "./access/keys";
import { LimitsPage } from "./access/limits";
import { Overview } from "./overview";
import { RejectedList } from "./setup/rejected";
import { RejectedPage } from "./setup/rejected_one";
import { Sessions } from "./access/sessions";
import { SettingsPage } from "./hub/settings";
import { SourcePage } from "./setup/source";
import { Sources } from "./setup/sources";
import { SubscriptionPage } from "./setup/subscription";
import { Subscriptions } from "./setup/subscriptions";
import { Tenants } from "./access/tenants";

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
  sessions: { list: Sessions },
  tenants: { list: Tenants, scope: "operator" },
  audit: { list: AuditList, scope: "audit:read" },
  bridge: { list: BridgePage, scope: "subscriptions:read" },
  identities: { list: Identities, scope: "subscriptions:read" },
  limits: { list: LimitsPage, scope: "operator" },
  settings: { list: SettingsPage, scope: "operator" },
  certificates: { list: Certificates, scope: "operator" },
  doctor: { list: Doctor, scope: "operator" },
};

/** What a tenant's own person sees who came by a link. */
export const portalPages = ["subscriptions", "deliveries", "events", "jobs"];

/** The lists that are open to who reaches some subscriptions only. */
export const limitedPages = ["subscriptions", "deliveries"];

export const groups = [
  { title: "", names: ["overview"] },
  { title: "traffic", names: ["events", "deliveries", "jobs", "bridge"] },
  { title: "setup", names: ["subscriptions", "sources", "rejected", "event_types"] },
  { title: "access", names: ["keys", "sessions", "tenants", "identities", "audit"] },
  { title: "hub", names: ["doctor", "settings", "limits", "certificates"] },
];
