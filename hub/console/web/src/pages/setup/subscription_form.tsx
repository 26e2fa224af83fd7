// Makes a subscription, or changes one; two people who edit the same see what differs.
import { useState } from "preact/hooks";
import type { Subscription } from "@v1";
import { parse, send } from "../../api";
import { PageFailure, Loading, Once, PageHead } from "../../components/bits";
import { useEdited } from "../../components/edited";
import { Form, type ChangeField, type FormProps } from "../../components/form";
import { say } from "../../components/toast";
import type { Mark } from "../../editor/types";
import { readTexts, type Field, type Texts } from "../../forms";
import { member } from "../../json/parse";
import { loadNames } from "../../names";
import { go, href } from "../../router";
import { isLimited, may } from "../../session";
import { texts } from "../../texts";
import { FilterTry } from "./filter_try";
import { TransformTry } from "./transform_try";

const t = texts.subscriptions;

const sections: { title: string; fields: Field[] }[] = [
  {
    title: t.form.basics,
    fields: [
      { pointer: "/name", label: texts.common.name, kind: "text", required: true },
      {
        pointer: "/handler/kind",
        label: t.handler,
        kind: "choice",
        options: ["endpoint", "stream"],
        isNewOnly: true,
      },
      { pointer: "/handler/url", label: t.url, kind: "text", required: true },
      { pointer: "/event_types", label: t.types, kind: "list", required: true },
      { pointer: "/sources", label: t.sources, kind: "list" },
      { pointer: "/filter", label: t.filter, kind: "json" },
      {
        pointer: "/status",
        label: texts.common.status,
        kind: "choice",
        options: ["active", "paused", "disabled"],
      },
      { pointer: "/expires_at", label: texts.access.expires, kind: "time", cleared: "null" },
    ],
  },
  {
    title: texts.transform.title,
    fields: [
      {
        pointer: "/transform/language",
        label: texts.transform.language,
        kind: "choice",
        options: ["javascript", "jq"],
      },
      {
        pointer: "/transform/code",
        label: texts.transform.code,
        kind: "code",
        language: (now) => (now["/transform/language"] === "jq" ? "plain" : "javascript"),
      },
      { pointer: "/transform/timeout", label: texts.transform.timeout, kind: "text" },
    ],
  },
  {
    title: t.form.signing,
    fields: [
      {
        pointer: "/dialect",
        label: t.dialect,
        kind: "choice",
        options: ["standard", "raw", "cloudevents", "atlvs", "grasshopper"],
      },
      { pointer: "/signature", label: t.signature, kind: "text", cleared: "null" },
      { pointer: "/secret", label: texts.common.secret, kind: "secret", isNewOnly: true },
      { pointer: "/handler/headers", label: t.headers, kind: "map" },
      { pointer: "/handler/identity", label: t.identity, kind: "text", cleared: "null" },
    ],
  },
  {
    title: t.form.limits,
    fields: [
      { pointer: "/limits/in_flight", label: "in_flight", kind: "number" },
      { pointer: "/limits/per_second", label: "per_second", kind: "number" },
      { pointer: "/limits/burst", label: "burst", kind: "number" },
      { pointer: "/limits/adaptive", label: "adaptive", kind: "switch" },
      { pointer: "/limits/payload_bytes", label: "payload_bytes", kind: "number" },
      { pointer: "/limits/ordering", label: "ordering", kind: "choice", options: ["none", "key"] },
      { pointer: "/limits/order_key", label: "order_key", kind: "text" },
    ],
  },
  {
    title: t.form.retries,
    fields: [
      { pointer: "/retry/delays", label: "delays", kind: "list", cleared: "null" },
      { pointer: "/retry/age_max", label: "age_max", kind: "text" },
      { pointer: "/retry/statuses", label: "statuses", kind: "map" },
      { pointer: "/timeout", label: "timeout", kind: "text" },
      { pointer: "/connect_timeout", label: "connect_timeout", kind: "text" },
      { pointer: "/first_byte_timeout", label: "first_byte_timeout", kind: "text" },
    ],
  },
];
/** The form with what is tried below its fields: a filter, and code with its faults. */
function SubscriptionForm(props: Omit<FormProps, "schema" | "below" | "marks">) {
  const [marks, setMarks] = useState<Mark[]>([]);
  const below = {
    "/filter": (now: Texts, change: ChangeField) =>
      may("events:read") && <FilterTry now={now} onChange={(text) => change("/filter", text)} />,
    "/transform/code": (now: Texts, change: ChangeField) =>
      may("events:read") && <TransformTry now={now} change={change} onMarks={setMarks} />,
  };
  return (
    <Form {...props} schema="NewSubscription" below={below} marks={{ "/transform/code": marks }} />
  );
}

/** Without code there is no transform. Pure. */
export function settleTransform(body: Record<string, unknown>): Record<string, unknown> {
  const transform = body["transform"] as { code?: string } | undefined;
  if (!transform || transform.code === undefined || transform.code.trim() !== "") return body;
  return { ...body, transform: null };
}

const changing = sections.map(({ title, fields }) => ({
  title,
  fields: fields.filter((each) => !each.isNewOnly),
}));
/** What may be changed by a link for some subscriptions: where deliveries go and how, not which. */
const OF_LINK = /^\/(handler\/(url|headers)|limits\/.+|retry\/.+|timeout|status)$/;
const changingByLink = changing
  .map(({ title, fields }) => ({
    title,
    fields: fields.filter(({ pointer }) => OF_LINK.test(pointer)),
  }))
  .filter(({ fields }) => fields.length > 0);
/** Of a stream: nothing is sent anywhere. */
const changingStream = changing.map(({ title, fields }) => ({
  title,
  fields: fields.filter(({ pointer }) => !pointer.startsWith("/handler/")),
}));
const fields = changing.flatMap((each) => each.fields);

export function NewSubscription() {
  const [made, setMade] = useState<Subscription>();
  const create = async (body: Record<string, unknown>) => {
    const subscription = await parse<Subscription>(
      await send("v1/subscriptions", { method: "POST", body: settleTransform(body) }),
    );
    void loadNames();
    if (subscription.secret) setMade(subscription);
    else go(`subscriptions/${subscription.id}`);
  };
  if (made?.secret)
    return (
      <>
        <PageHead over={[t.title, "subscriptions"]} title={made.name} />
        <Once name={texts.common.secret} value={made.secret} />
        <a class="button primary" href={href(`subscriptions/${made.id}`)}>
          {texts.palette.open}
        </a>
      </>
    );
  return (
    <>
      <PageHead over={[t.title, "subscriptions"]} title={t.new} />
      <SubscriptionForm
        sections={sections}
        initial={readTexts(
          sections.flatMap((each) => each.fields),
          undefined,
        )}
        action={texts.common.create}
        onSubmit={create}
        onCancel={() => go("subscriptions")}
      />
    </>
  );
}

export function EditSubscription({ id }: { id: string }) {
  const path = `v1/subscriptions/${id}`;
  const { asked, latest, key, form } = useEdited(path, fields);
  if (asked.error && !form) return <PageFailure error={asked.error} again={asked.reload} />;
  if (!latest || !form) return <Loading />;
  const save = async (body: Record<string, unknown>) => {
    const changes = settleTransform(body);
    await send(path, { method: "PATCH", body: changes, ifMatch: latest.etag });
    void loadNames();
    say(t.saved);
    go(`subscriptions/${id}`);
  };
  const kind = member(member(latest.value, "handler"), "kind");
  const isStream = kind?.kind === "string" && kind.value === "stream";
  return (
    <>
      <PageHead over={[form.initial["/name"] || id, `subscriptions/${id}`]} title={texts.common.edit} />
      <SubscriptionForm
        key={key}
        {...form}
        sections={isLimited() ? changingByLink : isStream ? changingStream : changing}
        onSubmit={save}
        onCancel={() => go(`subscriptions/${id}`)}
      />
    </>
  );
}
