// One subscription: how it is doing now, its settings, what can be done with it.
import { useState } from "preact/hooks";
import type { Rotated, Subscription, SubscriptionSecret } from "@v1";
import { get, post, send } from "../../api";
import { Card, CopyCode, Facts, PageFailure, Loading, Once, PageHead, State } from "../../components/bits";
import { Confirm, Dialog } from "../../components/dialog";
import { Form } from "../../components/form";
import { PayloadView } from "../../components/json_view";
import { Time } from "../../components/time";
import { attempt } from "../../components/toast";
import { formatCount } from "../../format";
import type { Field } from "../../forms";
import { member, parseJson } from "../../json/parse";
import { writePretty } from "../../json/write";
import { loadNames } from "../../names";
import { useQuery } from "../../query";
import { go } from "../../router";
import { isLimited, may } from "../../session";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";
import { DeliveryList } from "../traffic/deliveries";
import { ReplaySince } from "../traffic/replay_since";
import { EditSubscription, NewSubscription } from "./subscription_form";

const t = texts.subscriptions;
const POLL_MS = 1_000;

export function SubscriptionPage({ id, action }: { id: string; action?: string | undefined }) {
  if (id === "new") return <NewSubscription />;
  return action === "edit" ? <EditSubscription id={id} /> : <Shown id={id} />;
}

function Shown({ id }: { id: string }) {
  const path = `v1/subscriptions/${id}`;
  const asked = useQuery(path, (abort) => loadSubscription(path, abort), POLL_MS);
  useKeys({ Escape: () => go("subscriptions"), e: () => go(`subscriptions/${id}/edit`) });
  if (asked.error && !asked.data) return <PageFailure error={asked.error} again={asked.reload} />;
  if (!asked.data) return <Loading />;
  const { subscription, filter } = asked.data;
  return (
    <>
      <PageHead
        over={[t.title, "subscriptions"]}
        title={
          <>
            {subscription.name} <State of={subscription.status} />
          </>
        }
        side={<Actions subscription={subscription} onDone={asked.reload} />}
      />
      {subscription.status_reason && <p class="why dead">{subscription.status_reason}</p>}
      {subscription.read_only && <p class="note">{texts.common.read_only}</p>}
      <Now subscription={subscription} />
      <div class="columns even">
        <Settings subscription={subscription} filter={filter} />
        <LimitFacts subscription={subscription} />
      </div>
      <Card title={t.recent} wide>
        <DeliveryList query={{ subscription: id }} label={t.recent} />
      </Card>
    </>
  );
}

/** With the text of its filter, which may have numbers that JavaScript cannot hold. */
async function loadSubscription(path: string, abort: AbortSignal) {
  const text = await (await send(path, { signal: abort })).text();
  const subscription = JSON.parse(text) as Subscription;
  const filter = subscription.filter && member(parseJson(text), "filter");
  return { subscription, filter: filter ? writePretty(filter) : "" };
}

/** The state at this moment, as a row of figures. */
function Now({ subscription: { state } }: { subscription: Subscription }) {
  if (!state) return null;
  const { queued } = state;
  const figures: [string, string, string?][] = [
    [t.in_flight, formatCount(state.in_flight), `/ ${formatCount(state.in_flight_limit)}`],
    [t.queued, `${formatCount(queued.fresh)}${state.more_in_store ? "+" : ""}`],
    [t.retry, formatCount(queued.retry)],
    [texts.events.replay, formatCount(queued.replay)],
  ];
  return (
    <div class="figures">
      {figures.map(([name, value, of]) => (
        <div key={name} class="figure">
          <span class="figure-name">{name}</span>
          <span class="figure-value">
            {value} {of && <small>{of}</small>}
          </span>
        </div>
      ))}
      <div class="figure">
        <span class="figure-name">{t.health}</span>
        <span>
          <State of={state.breaker} /> {state.resumes_at && <Time at={state.resumes_at} far />}
        </span>
      </div>
    </div>
  );
}

function Settings({ subscription: s, filter }: { subscription: Subscription; filter: string }) {
  const headers = Object.entries(s.handler.headers ?? {});
  return (
    <Card title={t.handler}>
      <Facts
        rows={[
          [
            t.url,
            s.handler.url ? (
              <CopyCode text={s.handler.url} />
            ) : (
              s.handler.kind
            ),
          ],
          [t.types, s.event_types.join(", ")],
          [t.sources, s.sources.join(", ") || texts.common.any],
          [t.dialect, s.dialect],
          [t.signature, s.signature],
          [texts.common.secret, may("secrets:read") && !s.read_only && <ShownSecret id={s.id} />],
          [t.identity, s.handler.identity],
          [
            t.headers,
            headers.length > 0 && headers.map(([name, value]) => `${name}: ${value}`).join(", "),
          ],
          ["public_key", s.public_key && <code class="break">{s.public_key}</code>],
          [texts.common.id, <CopyCode text={s.id} />],
          [texts.common.created, <Time at={s.created_at} />],
          [texts.common.changed, <Time at={s.updated_at} />],
        ]}
      />
      {s.transform && (
        <>
          <h3>
            {texts.transform.title}: {s.transform.language}
          </h3>
          <pre tabIndex={0} aria-label={texts.transform.code}>
            {s.transform.code}
          </pre>
        </>
      )}
      {filter && <PayloadView text={filter} label={t.filter} />}
    </Card>
  );
}

function LimitFacts({ subscription: { limits, retry, ...s } }: { subscription: Subscription }) {
  return (
    <Card title={`${t.limits}, ${t.retry.toLowerCase()}`}>
      <Facts
        rows={[
          ["in_flight", limits.in_flight],
          ["adaptive", limits.adaptive ? texts.common.yes : texts.common.no],
          ["per_second", limits.per_second || t.unlimited],
          ["burst", limits.burst || undefined],
          ["payload_bytes", limits.payload_bytes || t.unlimited],
          ["ordering", limits.ordering],
          ["order_key", limits.order_key],
          ["delays", retry.delays?.join(", ") ?? t.default_schedule],
          ["age_max", retry.age_max],
          [
            "statuses",
            Object.entries(retry.statuses ?? {})
              .map(([status, what]) => `${status}: ${what}`)
              .join(", "),
          ],
          ["timeout", s.timeout],
          ["connect_timeout", s.connect_timeout],
          ["first_byte_timeout", s.first_byte_timeout],
        ]}
      />
    </Card>
  );
}

function Actions({ subscription, onDone }: { subscription: Subscription; onDone: () => void }) {
  const [shown, setShown] = useState<"rotate" | "replay" | "delete" | undefined>();
  if (!may("subscriptions:write")) return null;
  const path = `v1/subscriptions/${subscription.id}`;
  const act = async (what: string, done: string) => {
    await attempt(() => post(`${path}/${what}`), done);
    onDone();
  };
  const remove = async () => {
    if (!(await attempt(() => send(path, { method: "DELETE" }), t.deleted))) return;
    void loadNames();
    go("subscriptions");
  };
  const close = () => setShown(undefined);
  return (
    <>
      <button onClick={() => act("test", t.tested)}>{t.test}</button>
      {may("events:write") && <button onClick={() => setShown("replay")}>{t.replay}</button>}
      {subscription.status === "active" ? (
        <button onClick={() => act("pause", t.paused)}>{t.pause}</button>
      ) : (
        <button onClick={() => act("resume", t.resumed)}>{t.resume}</button>
      )}
      <button onClick={() => setShown("rotate")}>{t.rotate}</button>
      {!subscription.read_only && (
        <>
          {!isLimited() && (
            <button class="danger" onClick={() => setShown("delete")}>
              {texts.common.delete}
            </button>
          )}
          <button class="primary" onClick={() => go(`subscriptions/${subscription.id}/edit`)}>
            {texts.common.edit}
          </button>
        </>
      )}
      {shown === "rotate" && <Rotate path={path} onClose={close} />}
      {shown === "replay" && <ReplaySince id={subscription.id} onClose={close} />}
      {shown === "delete" && (
        <Confirm
          title={`${texts.common.delete}: ${subscription.name}`}
          lead={t.delete_lead}
          action={texts.common.delete}
          onYes={remove}
          onClose={close}
        />
      )}
    </>
  );
}

/** What its receiver verifies with, when it is asked for: the audit log says that it was. */
function ShownSecret({ id }: { id: string }) {
  const [shown, setShown] = useState("");
  const show = () =>
    attempt(async () => {
      const found = await get<SubscriptionSecret>(`v1/subscriptions/${id}/secret`);
      setShown(found.secret ?? found.public_key ?? "");
    });
  if (shown) return <CopyCode text={shown} />;
  return (
    <button class="small" aria-label={`${t.show_secret}: ${texts.common.secret}`} onClick={show}>
      {t.show_secret}
    </button>
  );
}

const rotation: Field[] = [
  { pointer: "/overlap", label: t.overlap, kind: "text" },
  { pointer: "/secret", label: t.own_secret, kind: "secret" },
];

/** A new secret, with the time for which the old one stays good. */
export function Rotate({ path, onClose }: { path: string; onClose: () => void }) {
  const [rotated, setRotated] = useState<Rotated>();
  const made = rotated?.secret ?? rotated?.public_key;
  const rotate = async (body: Record<string, unknown>) =>
    setRotated(await post<Rotated>(`${path}/rotate-secret`, body));
  const foot = rotated && <button onClick={onClose}>{texts.common.close}</button>;
  return (
    <Dialog title={t.rotate} onClose={onClose} foot={foot}>
      {made && <Once name={rotated?.secret ? texts.common.secret : "public_key"} value={made} />}
      {rotated && !made && <p role="status">{t.rotated}</p>}
      {!rotated && (
        <>
          <p>{t.rotate_lead}</p>
          <Form
            schema="Rotation"
            sections={[{ fields: rotation }]}
            initial={{ "/overlap": "1d" }}
            action={t.rotate}
            onSubmit={rotate}
            onCancel={onClose}
          />
        </>
      )}
    </Dialog>
  );
}
