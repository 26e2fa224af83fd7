// The catalog of event types, and one of them.
import type { Event, EventType } from "@v1";
import { useState } from "preact/hooks";
import { get, send } from "../../api";
import { Card, Empty, Facts, Failure, Loading, PageFailure, PageHead } from "../../components/bits";
import { Confirm } from "../../components/dialog";
import { useEdited } from "../../components/edited";
import { Form } from "../../components/form";
import { PayloadView } from "../../components/json_view";
import { Table, type Column } from "../../components/table";
import { Time } from "../../components/time";
import { attempt } from "../../components/toast";
import type { Field } from "../../forms";
import { member, type Json } from "../../json/parse";
import { RawJson, writePretty } from "../../json/write";
import { usePages, useQuery, type Page } from "../../query";
import { go, href } from "../../router";
import { may } from "../../session";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";
import { EventPayload } from "../traffic/event_payload";

const t = texts.event_types;

const columns: Column<EventType>[] = [
  { title: texts.common.name, kind: "main", cell: ({ name }) => <strong>{name}</strong> },
  {
    title: t.schema,
    cell: ({ schema }) =>
      schema === null ? <span class="faint">{t.no_schema}</span> : t.has_schema,
  },
  {
    title: t.description,
    kind: "wide",
    cell: ({ description }) => <span class="one-line">{description}</span>,
  },
  { title: texts.common.changed, kind: "wide", cell: ({ updated_at }) => <Time at={updated_at} /> },
];

export function EventTypes() {
  const pages = usePages<EventType>("v1/event-types", {}, ({ name }) => name);
  useKeys({ r: pages.reload });
  return (
    <>
      <PageHead
        title={texts.nav["event_types"]}
        side={
          may("event-types:write") && (
            <button class="primary" onClick={() => go("event_types/+new")}>
              {t.new}
            </button>
          )
        }
      />
      <Table
        label={texts.nav["event_types"] ?? ""}
        pages={pages}
        columns={columns}
        idOf={({ name }) => name}
        open={({ name }) => href(`event_types/${encodeURIComponent(name)}`)}
        empty={[t.empty, t.empty_hint]}
      />
    </>
  );
}

const details: Field[] = [
  { pointer: "/description", label: t.description, kind: "text", cleared: "null" },
  { pointer: "/schema", label: t.schema, kind: "json" },
];
const making: Field[] = [
  { pointer: "/name", label: texts.common.name, kind: "text", required: true },
  ...details,
];

/** "+new" is no name that a type may have. */
export function EventTypePage({ id, action }: { id: string; action?: string | undefined }) {
  if (id === "+new") return <NewEventType />;
  return <Known name={decodeURIComponent(id)} isEdited={action === "edit"} />;
}

function NewEventType() {
  const create = async (body: Record<string, unknown>) => {
    await send("v1/event-types", { method: "POST", body });
    go("event_types");
  };
  return (
    <>
      <PageHead over={[texts.nav["event_types"] ?? "", "event_types"]} title={t.new} />
      <Form
        schema="NewEventType"
        sections={[{ fields: making }]}
        initial={{}}
        action={texts.common.create}
        onSubmit={create}
        onCancel={() => go("event_types")}
      />
    </>
  );
}

function Known({ name, isEdited }: { name: string; isEdited: boolean }) {
  const path = `v1/event-types/${encodeURIComponent(name)}`;
  const page = `event_types/${encodeURIComponent(name)}`;
  const { asked, latest, key, form } = useEdited(path, details);
  useKeys({ Escape: () => go("event_types") });
  if (asked.error && !form) return <PageFailure error={asked.error} again={asked.reload} />;
  if (!latest || !form) return <Loading />;
  const save = async (changes: Record<string, unknown>) => {
    const kept = Object.fromEntries(
      ["description", "schema"].map((each) => [each, rawOf(member(latest.value, each))]),
    );
    await send(path, { method: "PUT", body: { ...kept, ...changes }, ifMatch: latest.etag });
    go(page);
  };
  if (!isEdited) return <Shown name={name} value={latest.value} page={page} />;
  return (
    <>
      <PageHead over={[name, page]} title={texts.common.edit} />
      <Form
        key={key}
        {...form}
        schema="NewEventType"
        sections={[{ fields: details }]}
        onSubmit={save}
        onCancel={() => go(page)}
      />
    </>
  );
}

/** What the latest event of a type says. */
function Example({ type }: { type: string }) {
  const asked = useQuery(`example ${type}`, async (abort) => {
    const { data } = await get<Page<Event>>("v1/events", { type, limit: 1 }, abort);
    return data[0] ?? null;
  });
  if (asked.isLoading) return null;
  const event = asked.data;
  const side = event && <a href={href(`events/${event.id}`)}>{texts.palette.open}</a>;
  return (
    <Card title={t.example} side={side} wide>
      {asked.error && <Failure error={asked.error} again={asked.reload} />}
      {event === null && <Empty title={t.no_example} />}
      {event && <EventPayload id={event.id} />}
    </Card>
  );
}

/** As it is in the answer, digit for digit. */
const rawOf = (value: Json | undefined) => (value ? new RawJson(writePretty(value)) : null);

function Shown({ name, value, page }: { name: string; value: Json; page: string }) {
  const [isDeleting, setDeleting] = useState(false);
  const path = `v1/event-types/${encodeURIComponent(name)}`;
  const remove = async () => {
    if (await attempt(() => send(path, { method: "DELETE" }))) go("event_types");
  };
  const text = (member_name: string) => {
    const found = member(value, member_name);
    return found?.kind === "string" ? found.value : undefined;
  };
  const schema = member(value, "schema");
  const hasSchema = schema !== undefined && writePretty(schema) !== "null";
  return (
    <>
      <PageHead
        over={[texts.nav["event_types"] ?? "", "event_types"]}
        title={name}
        side={
          may("event-types:write") && (
            <>
              <button class="danger" onClick={() => setDeleting(true)}>
                {texts.common.delete}
              </button>
              <button class="primary" onClick={() => go(`${page}/edit`)}>
                {texts.common.edit}
              </button>
            </>
          )
        }
      />
      <div class="columns">
        <Card title={t.schema}>
          {schema && hasSchema ? (
            <PayloadView text={writePretty(schema)} label={t.schema} />
          ) : (
            <Empty title={t.no_schema} />
          )}
        </Card>
        <Card>
          <Facts
            rows={[
              [t.description, text("description")],
              [texts.common.created, <Time at={text("created_at")} />],
              [texts.common.changed, <Time at={text("updated_at")} />],
              [
                texts.nav["events"] ?? "",
                <a href={href("events", { type: name })}>{texts.events.title}</a>,
              ],
            ]}
          />
        </Card>
      </div>
      <Example type={name} />
      {isDeleting && (
        <Confirm
          title={`${texts.common.delete}: ${name}`}
          lead={t.delete_lead}
          action={texts.common.delete}
          onYes={remove}
          onClose={() => setDeleting(false)}
        />
      )}
    </>
  );
}
