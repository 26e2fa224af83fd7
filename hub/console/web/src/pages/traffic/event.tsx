// One event: its payload and headers, where it went, and again.
import type { EventWithHeaders, Replayed } from "@v1";
import { get, post } from "../../api";
import { Card, Copy, Empty, Facts, PageFailure, Id, Loading, PageHead } from "../../components/bits";
import { Time } from "../../components/time";
import { attempt, say } from "../../components/toast";
import { formatBytes, shellQuoted } from "../../format";
import { subscriptionOf, subscriptions } from "../../names";
import { useQuery } from "../../query";
import { go, href } from "../../router";
import { isLimited, may, latestSession } from "../../session";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";
import { DeliveryList } from "./deliveries";
import { Bytes, loadPayload, readText } from "./event_payload";

const t = texts.events;

/** Of one argument of a program, less than Linux takes. */
const ARGUMENT_BYTES_MAX = 100_000;
const BASE64_LINE = 76;

/** The payload again as a request of one's own, byte for byte. Pure. */
export function curlOf(event: EventWithHeaders, payload: Uint8Array, url: string): string {
  const call = [
    `curl -X POST ${shellQuoted(url)}`,
    `-H ${shellQuoted(`Content-Type: ${event.content_type}`)}`,
  ];
  const text = payload.length <= ARGUMENT_BYTES_MAX ? readText(payload) : undefined;
  // Not --data-binary, which takes "@file" for the name of a file.
  if (text !== undefined && isForShells(text))
    return [...call, `--data-raw ${shellQuoted(text)}`].join(" \\\n  ");
  const lines = base64Of(payload).match(new RegExp(`.{1,${BASE64_LINE}}`, "g")) ?? [];
  const piped = ["base64 -d <<'END' | " + call[0], ...call.slice(1), "--data-binary @-"];
  return [piped.join(" \\\n  "), ...lines, "END", ""].join("\n");
}

/** A key of a terminal within a text that is pasted would act as if it were pressed. */
const isForShells = (text: string) => !/[\p{Cc}\p{Cf}]/u.test(text.replaceAll("\n", ""));

function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export function EventPage({ id }: { id: string }) {
  const asked = useQuery(id, async (abort) => {
    const [event, payload] = await Promise.all([
      get<EventWithHeaders>(`v1/events/${id}`, {}, abort),
      loadPayload(id, abort),
    ]);
    return { event, payload };
  });
  const replay = (subscription?: string) =>
    attempt(async () => {
      const { deliveries } = await post<Replayed>(`v1/events/${id}/replay`, { subscription });
      say(`${deliveries.length} ${texts.bulk.deliveries} ${t.replayed}`);
    });
  const list = isLimited() ? "deliveries" : "events";
  useKeys({
    Escape: () => go(list),
    ...(may("events:write") && !isLimited() ? { r: () => void replay() } : {}),
  });
  if (asked.error && !asked.data) return <PageFailure error={asked.error} again={asked.reload} />;
  if (!asked.data) return <Loading />;
  const { event, payload } = asked.data;
  const url =
    subscriptions.value.find(({ handler }) => handler.url)?.handler.url ?? "http://127.0.0.1:9000/";
  return (
    <>
      <PageHead
        over={[texts[list].title, list]}
        title={event.type}
        side={
          <>
            <Copy text={curlOf(event, payload, url)} label={t.curl} />
            {may("events:write") && <Replay onReplay={replay} />}
          </>
        }
      />
      {event.possible_repeat && (
        <p class="note">
          {t.repeat} <a href={href(`events/${event.possible_repeat}`)}>{event.possible_repeat}</a>.
        </p>
      )}
      {event.type_unsigned && <p class="note">{t.unsigned}</p>}
      <div class="columns">
        <Card title={t.payload}>
          <Bytes bytes={payload} label={t.payload} />
        </Card>
        <div class="stack">
          <Card>
            <EventFacts event={event} />
          </Card>
          <Card title={t.headers}>
            {event.headers.length === 0 ? (
              <Empty title={t.headers_none} />
            ) : (
              <Facts
                rows={event.headers.map(({ name, value }) => [
                  name,
                  <code class="break">{value}</code>,
                ])}
              />
            )}
          </Card>
        </div>
      </div>
      {latestSession.value?.subscriptions?.map((each) => (
        <Card key={each} title={`${t.went}: ${subscriptionOf(each)?.name ?? each}`} wide>
          <DeliveryList query={{ event: id, subscription: each }} label={t.went} />
        </Card>
      )) ?? (
        <Card title={t.went} wide>
          <DeliveryList query={{ event: id }} label={t.went} />
        </Card>
      )}
    </>
  );
}

const EventFacts = ({ event }: { event: EventWithHeaders }) => (
  <Facts
    rows={[
      [t.source, event.source],
      [t.subject, event.subject],
      [t.key, event.key],
      [t.external_id, event.external_id && <code class="break">{event.external_id}</code>],
      [t.received, <Time at={event.received_at} />],
      [t.occurred, <Time at={event.occurred_at} />],
      [t.content_type, event.content_type],
      [t.size, formatBytes(event.payload_bytes)],
      [t.origin, event.origin],
      [
        texts.common.id,
        <span class="row">
          <Id id={event.id} /> <Copy text={event.id} />
        </span>,
      ],
    ]}
  />
);

/** To all that want it, or to one. */
function Replay({ onReplay }: { onReplay: (subscription?: string) => void }) {
  return (
    <span class={isLimited() ? undefined : "joined"}>
      {!isLimited() && (
        <button class="primary" onClick={() => onReplay()}>
          {t.replay_all}
        </button>
      )}
      <select
        aria-label={t.replay_one}
        value=""
        onChange={(event) => {
          const { value } = event.currentTarget;
          event.currentTarget.value = "";
          if (value) onReplay(value);
        }}
      >
        <option value="">{t.replay_one}…</option>
        {subscriptions.value.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}
